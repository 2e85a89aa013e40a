/** All host functions by import name. */
import { batchActions } from './action.ts'
import { bls12381 } from './bls12381.ts'
import { bn128 } from './bn128.ts'
import { context } from './context.ts'
import { crypto } from './crypto.ts'
import type { HostFamily } from './define.ts'
import { log } from './log.ts'
import { promise } from './promise.ts'
import { registers } from './registers.ts'
import { storage } from './storage.ts'
import { unsupported } from './unsupported.ts'
import { yields } from './yield.ts'

export const HOST_FUNCTIONS: HostFamily = {
  ...registers,
  ...context,
  ...crypto,
  ...bn128,
  ...bls12381,
  ...log,
  ...promise,
  ...batchActions,
  ...yields,
  ...storage,
  ...unsupported,
}

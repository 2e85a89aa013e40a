/** DeployContract: the code and its bytes; the hash is sha256 of the wasm. Source: nearcore actions.rs. */
import type { Action } from '../../lib/action.ts'
import { cryptoHash } from '../../lib/hash.ts'
import { codeKey } from '../account.ts'
import { existing, type ReceiptRun, requireActor } from './context.ts'

export function deployContract(run: ReceiptRun, { code }: Extract<Action, { kind: 'deployContract' }>): void {
  const account = existing(run)
  requireActor(run)
  const key = codeKey(run.receipt.receiverId)
  const old = BigInt(run.state.get(key)?.length ?? 0)
  account.storageUsage = (account.storageUsage > old ? account.storageUsage - old : 0n) + BigInt(code.length)
  account.codeHash = cryptoHash(code)
  run.state.set(key, code)
}

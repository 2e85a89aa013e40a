/** The context file of `blyan chain call-wasm`: its schema, and the call and storage that it describes. */
import { z } from 'zod'
import {
  base64ToBytes,
  bytesToBase64,
  bytesToHex,
  bytesToLatin1,
  latin1ToBytes,
  u64ToBytes,
  utf8ToBytes,
} from '../../chain/lib/bytes.ts'
import { sha256 } from '../../chain/lib/hash.ts'
import { publicKeyToBytes } from '../../chain/lib/key.ts'
import { touchedTrieNodes } from '../../chain/vm/triePath.ts'
import type { VMContext, VMStorage } from '../../chain/vm/types.ts'

const bytes = z.base64().transform(base64ToBytes)
/** A decimal string; a JSON number while it is exact. */
const amount = z
  .union([z.string().regex(/^\d+$/, 'a decimal number is needed'), z.int().nonnegative()])
  .transform((value) => BigInt(value))
/** Text with its curve, or borsh bytes as base64. */
const publicKey = z.string().transform((text) => (text.includes(':') ? publicKeyToBytes(text) : base64ToBytes(text)))

export const CallWasmContext = z.object({
  protocol: z.int().default(86),
  current: z.string(),
  signer: z.string().optional(),
  signerPublicKey: publicKey.default(new Uint8Array(33)),
  predecessor: z.string().optional(),
  refundTo: z.string().optional(),
  input: bytes.default(new Uint8Array()),
  /** yoctoNEAR, without the attached deposit. */
  balance: amount.default(10n ** 26n),
  locked: amount.default(0n),
  attachedDeposit: amount.default(0n),
  prepaidGas: amount.default(300n * 10n ** 12n),
  storageUsage: amount.default(0n),
  blockHeight: amount.default(1n),
  blockTimestamp: amount.default(0n),
  epochHeight: amount.default(1n),
  randomSeed: bytes.default(new Uint8Array(32)),
  view: z.boolean().default(false),
  promiseResults: z
    .array(
      z.union([
        z.object({ ok: bytes }),
        z.object({ failed: z.literal(true) }),
        z.object({ notReady: z.literal(true) }),
      ]),
    )
    .default([]),
  outputDataReceivers: z.array(z.string()).default([]),
  state: z.array(z.tuple([bytes, bytes])).default([]),
  trie: z.enum(['flat', 'mpt']).default('flat'),
})
export type CallWasmContext = z.output<typeof CallWasmContext>

export function vmContextOf(input: CallWasmContext): VMContext {
  const signer = input.signer ?? input.current
  const predecessor = input.predecessor ?? signer
  return {
    currentAccountId: input.current,
    signerAccountId: signer,
    signerAccountPk: input.signerPublicKey,
    predecessorAccountId: predecessor,
    refundToAccountId: input.refundTo ?? predecessor,
    input: input.input,
    promiseResults: input.promiseResults.map((result) =>
      'ok' in result
        ? { kind: 'successful', value: result.ok }
        : { kind: 'failed' in result ? ('failed' as const) : ('notReady' as const) },
    ),
    blockHeight: input.blockHeight,
    blockTimestamp: input.blockTimestamp,
    epochHeight: input.epochHeight,
    accountBalance: input.balance + input.attachedDeposit,
    accountLockedBalance: input.locked,
    storageUsage: input.storageUsage,
    attachedDeposit: input.attachedDeposit,
    prepaidGas: input.prepaidGas,
    randomSeed: input.randomSeed,
    isView: input.view,
    outputDataReceivers: input.outputDataReceivers,
    yields: countedYields(),
  }
}

/** Data ids as nearcore's mock gives them: hashes of a counter. Nothing was yielded before the call. */
function countedYields(): NonNullable<VMContext['yields']> {
  let count = 0n
  return {
    nextDataId: () => sha256(u64ToBytes(count++)),
    isPending: () => false,
    dataIdOf: () => undefined,
  }
}

export interface ContextStorage extends VMStorage {
  /** What the call changed, base64, in the order of the keys' bytes; null was removed. */
  changes(): [string, string | null][]
}

/** `flat` charges neither trie nodes nor replaced bytes, as nearcore's mock does; `mpt` charges both, over a trie that holds
 *  the account, its code and the state of this context. */
export function storageOf({ state, trie, current }: CallWasmContext): ContextStorage {
  const before = new Map(state.map(([key, value]) => [bytesToLatin1(key), value]))
  const now = new Map(before)
  const account = bytesToHex(utf8ToBytes(current))
  const dataKey = (key: Uint8Array) => `09${account}2c${bytesToHex(key)}`
  const keys = [`00${account}`, `01${account}`, ...state.map(([key]) => dataKey(key))].sort()
  return {
    get: (key) => now.get(bytesToLatin1(key)),
    set: (key, value) => void now.set(bytesToLatin1(key), value),
    remove: (key) => void now.delete(bytesToLatin1(key)),
    has: (key) => now.has(bytesToLatin1(key)),
    touchedNodes: (key) => (trie === 'mpt' ? touchedTrieNodes(keys, dataKey(key)) : 0),
    chargesReplacedBytes: trie === 'mpt',
    changes() {
      const touched = [...new Set([...before.keys(), ...now.keys()])].sort()
      return touched
        .filter((key) => text(before.get(key)) !== text(now.get(key)))
        .map((key) => [bytesToBase64(latin1ToBytes(key)), text(now.get(key))])
    },
  }
}

const text = (value: Uint8Array | undefined): string | null => (value === undefined ? null : bytesToBase64(value))

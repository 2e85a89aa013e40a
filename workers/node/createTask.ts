/** Makes a task: documents and sealed test text onto storage, the spec for the chain, the keys into the journal. */

import { type TaskChoice, taskDocuments } from '../../chain/client/order/index.ts'
import { toHex } from '../../chain/client/protocol.ts'
import { sealHeldOut } from '../data/index.ts'
import { gpt, initialParameters } from '../engine/index.ts'
import { componentBytes, type TaskDocument } from '../proof/index.ts'
import type { ContentStore } from '../storage/types.ts'
import type { Journal } from './journal.ts'
import { keysKey } from './role/requester.ts'
import { sha256 } from './taskContext.ts'

/** What a requester chooses, and the texts. */
export interface TaskOrder extends TaskChoice {
  readonly training: Uint8Array
  /** One text a round, none of it in `training`. */
  readonly heldOut: readonly Uint8Array[]
}

export interface PreparedTask {
  /** The `task` message of `ft_transfer_call`. */
  readonly spec: Record<string, unknown>
  readonly document: TaskDocument
}

/**
 * Stores everything that workers will fetch and journals the keys, so that nothing is promised which a crash could lose.
 * @param seed 32 secret bytes for the key chain
 */
export async function prepareTask(
  order: TaskOrder,
  {
    store,
    journal,
    runtime,
    counters,
    seed,
    peer,
  }: {
    store: Pick<ContentStore, 'add'>
    journal: Journal
    runtime: { version: string; wasmSha256: string | null }
    counters: number
    seed: Uint8Array
    /** Where workers fetch what this task stores; null with a public IPFS. */
    peer: string | null
  },
): Promise<PreparedTask> {
  const model = gpt(order.model)
  const init = initialParameters(model, order.modelSeed)
  const sealed = await sealHeldOut({ sets: order.heldOut, seed })
  const sets = []
  for (const { ciphertext, root, bytes } of sealed.sets)
    sets.push({ ciphertext: await store.add(ciphertext), root, bytes })
  const { document, documentBytes, heldOutBytes, message } = taskDocuments(order, {
    training: {
      cid: await store.add(order.training),
      bytes: order.training.length,
      sha256: toHex(sha256(order.training)),
    },
    heldOut: { head: sealed.head, sets },
    first: {
      cid: await store.add(componentBytes(init)),
      sha256: toHex(sha256(componentBytes(init))),
      parameters: model.size,
    },
    runtime,
    counters,
    peer,
  })
  journal.put(keysKey(sealed.head), sealed.keys)
  await store.add(heldOutBytes)
  await store.add(documentBytes)
  return { document, spec: message }
}

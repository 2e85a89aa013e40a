/** Eight canonical steps of the tiny GPT, in whatever thread loads this file. */

import { isMainThread, parentPort } from 'node:worker_threads'
import { adamw, createTrainer } from '../../../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../../../workers/node/runtime/canonical.ts'
import { BATCH, digests, tiny, tinyBatches, tinyState } from './tiny.ts'

/** @returns SHA-256 of each component of the state */
export async function trainEight(): Promise<string[]> {
  const trainer = await createTrainer({
    ...(await loadCanonicalRuntime()),
    model: tiny,
    optimizer: adamw(),
    batch: BATCH,
  })
  const { state } = await trainer.run(tinyState(), tinyBatches(8), new Float32Array(8).fill(2e-3))
  await trainer.release()
  return digests(state)
}

if (!isMainThread) parentPort?.postMessage(await trainEight())

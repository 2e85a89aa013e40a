/** The thread of `measure.ts`: scores on the canonical runtime, n-gram baselines beside it. */
import { parentPort, workerData } from 'node:worker_threads'
import { createEvaluator, gpt, ngramBaselines } from '../../engine/index.ts'
import { loadCanonicalRuntime } from '../../node/runtime/canonical.ts'
import type { Measured, MeasureJob } from './measure.ts'

const { config, points, training, heldOut } = workerData as MeasureJob
const { ort, profile } = await loadCanonicalRuntime()
const evaluator = createEvaluator({ ort, profile, model: gpt(config) })
const bitsPerByte: number[] = []
for (const { parameters, text } of points) bitsPerByte.push((await evaluator.score(parameters, text)).bitsPerByte)
await evaluator.release()
parentPort!.postMessage({ bitsPerByte, ...ngramBaselines(training, heldOut) } satisfies Measured)

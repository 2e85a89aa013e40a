/** The thread of `replayer.ts`: one answer written again on the canonical runtime. */
import { parentPort, workerData } from 'node:worker_threads'
import { utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { gpt, type Replay, replayAnswer } from '../../engine/index.ts'
import { loadCanonicalRuntime } from '../../node/runtime/canonical.ts'
import type { ReplayJob } from './replayer.ts'

const { record, prompt, config, parameters } = workerData as ReplayJob
const runtime = await loadCanonicalRuntime()
const result = await replayAnswer(record, utf8ToBytes(prompt), { runtime, model: gpt(config), parameters })
parentPort!.postMessage(result satisfies Replay)

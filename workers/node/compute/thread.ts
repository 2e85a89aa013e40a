/** The compute thread: ONNX sessions of the canonical runtime, opened when first needed, run one job at a time. */
import { parentPort } from 'node:worker_threads'
import { adamw, createEvaluator, type Evaluator, gpt, type Trainer } from '../../engine/index.ts'
import { openTraining, runSteps, type TaskDocument } from '../../proof/index.ts'
import { loadCanonicalRuntime } from '../runtime/canonical.ts'
import { type Checkpoints, holdCheckpoints } from './checkpoints.ts'
import type { Job, Reply, Request } from './messages.ts'

interface OpenTask {
  readonly document: TaskDocument
  readonly data: Uint8Array
  trainer?: Promise<Trainer>
  evaluator?: Promise<Evaluator>
}

const tasks = new Map<string, OpenTask>()
const port = parentPort!
let checkpoints: Promise<Checkpoints> | undefined

async function work(job: Job): Promise<{ result: unknown; transfer: ArrayBuffer[] }> {
  switch (job.kind) {
    case 'open':
      tasks.set(job.task, { document: job.document, data: job.data })
      return { result: null, transfer: [] }
    case 'runtime': {
      const { version, wasmSha256 } = await loadCanonicalRuntime()
      return { result: { version, wasmSha256, counters: adamw().lengths(1).counters }, transfer: [] }
    }
    case 'run':
      return run(job)
    case 'score': {
      const task = taskOf(job.task)
      const evaluator = await (task.evaluator ??= openEvaluator(task))
      return { result: (await evaluator.score(job.parameters, job.bytes)).microbits, transfer: [] }
    }
    case 'hold':
      await (await held()).hold(job.checkpoint, job.config, job.parameters)
      return { result: null, transfer: [] }
    case 'drop':
      await (await held()).drop(job.checkpoint)
      return { result: null, transfer: [] }
    case 'predict':
      return { result: await (await held()).predict(job.checkpoint, job.text, job.temperature), transfer: [] }
    default:
      return job satisfies never
  }
}

async function run(job: Extract<Job, { kind: 'run' }>): Promise<{ result: unknown; transfer: ArrayBuffer[] }> {
  const task = taskOf(job.task)
  const trainer = await (task.trainer ??= openTrainer(task))
  const result = await runSteps(trainer, task.document, task.data, job)
  const { parameters, m, v, counters } = result.state
  return { result, transfer: [parameters, m, v, counters].map((each) => each.buffer as ArrayBuffer) }
}

const held = (): Promise<Checkpoints> => (checkpoints ??= loadCanonicalRuntime().then(holdCheckpoints))

async function openTrainer({ document }: OpenTask): Promise<Trainer> {
  const { ort, profile } = await loadCanonicalRuntime()
  return openTraining({ ort, profile }, document)
}

async function openEvaluator({ document }: OpenTask): Promise<Evaluator> {
  const { ort, profile } = await loadCanonicalRuntime()
  return createEvaluator({ ort, profile, model: gpt(document.model) })
}

function taskOf(id: string): OpenTask {
  const task = tasks.get(id)
  if (!task) throw new Error(`task ${id} is not open in the compute thread`)
  return task
}

let queue = Promise.resolve()
port.on('message', ({ id, job }: Request) => {
  // One at a time, in order: two runs at once would share a core and hold two sets of activations.
  queue = queue.then(async () => {
    try {
      const { result, transfer } = await work(job)
      port.postMessage({ id, result } satisfies Reply, transfer)
    } catch (error) {
      port.postMessage({ id, error: (error as Error).message } satisfies Reply)
    }
  })
})

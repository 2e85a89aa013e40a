/** Starts the compute thread and speaks to it. */
import { Worker } from 'node:worker_threads'
import type { StepState } from '../../proof/index.ts'
import { ComputeError } from '../errors.ts'
import type { Job, Reply } from './messages.ts'
import type { Compute } from './types.ts'

interface Waiting {
  resolve: (value: never) => void
  reject: (error: unknown) => void
}

/** @throws ComputeError when the thread or the runtime does not start */
export async function startCompute(): Promise<Compute> {
  // The heap holds JSON and messages only: states live in array buffers outside it.
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
  })
  const waiting = new Map<number, Waiting>()
  let nextId = 0
  let lost: ComputeError | null = null

  const fail = (cause: unknown): void => {
    lost = new ComputeError({
      what: `The compute thread ended: ${cause instanceof Error ? cause.message : String(cause)}.`,
      fix: 'Start the daemon again; its journal knows where it was.',
      cause,
    })
    for (const { reject } of waiting.values()) reject(lost)
    waiting.clear()
  }
  worker.on('message', (reply: Reply) => {
    const entry = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('error' in reply) {
      entry?.reject(new ComputeError({ what: `Computing failed: ${reply.error}.`, fix: 'See the log; free memory.' }))
    } else entry?.resolve(reply.result as never)
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(`exit code ${code}`))

  const ask = <T>(job: Job): Promise<T> => {
    if (lost) return Promise.reject(lost)
    return new Promise<T>((resolve, reject) => {
      const id = nextId++
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      worker.postMessage({ id, job })
    })
  }

  const { counters, ...runtime } = await ask<{ version: string; wasmSha256: string | null; counters: number }>({
    kind: 'runtime',
  })
  return {
    runtime,
    counters,
    open: (task, document, data) => ask({ kind: 'open', task, document, data }),
    run: (job) => ask<{ state: StepState; losses: Float32Array }>({ kind: 'run', ...job }),
    score: (job) => ask<number>({ kind: 'score', ...job }),
    hold: (checkpoint, config, parameters) => ask({ kind: 'hold', checkpoint, config, parameters }),
    drop: (checkpoint) => ask({ kind: 'drop', checkpoint }),
    predict: (checkpoint, text, temperature) => ask<Float32Array>({ kind: 'predict', checkpoint, text, temperature }),
    close: async () => {
      worker.removeAllListeners('exit')
      await worker.terminate()
    },
  }
}

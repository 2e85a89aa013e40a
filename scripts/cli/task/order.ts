/** The demonstration's task as measured, and what a requester may change of it. */
import { MODEL_SIZES } from '../../../chain/client/order/index.ts'
import { NETWORKS, type Windows } from '../../../near.config.ts'
import type { TaskOrder } from '../../../workers/node/createTask.ts'

/** GPT of 136,320 parameters, 3 rounds of 96 steps: on two cores the loss crosses the bigram line in about a minute. */
export const DEMO = {
  model: MODEL_SIZES.demo.config,
  rounds: 3,
  workers: 5,
  steps: 96,
  batch: MODEL_SIZES.demo.batch,
  segments: 48,
  peakRate: MODEL_SIZES.demo.peakRate,
  warmup: MODEL_SIZES.demo.warmup,
  keepBps: MODEL_SIZES.demo.keepBps,
  certainty: 50,
  validators: 4,
  samples: 3,
  /** Scoring 6 × 16 KiB forward, against 96 × 1,024 bytes forward and backward. */
  heldOutBps: 2000,
  heldOutBytes: MODEL_SIZES.demo.heldOutBytes,
} as const

export interface OrderFlags {
  rounds: number
  workers: number
  steps: number
  segments: number
  batch: number
  width: number
  layers: number
  context: number
  certainty: number
  validators: number | undefined
  samples: number | undefined
  'held-out': number
  'small-pool': boolean
  pay: bigint
  class: string
}

/** Joins flags, data and defaults to an order. */
export function orderOf(
  flags: OrderFlags,
  data: { training: Uint8Array; heldOut: readonly Uint8Array[] },
  { seed, nonce, windows = NETWORKS.embedded.windows }: { seed: string; nonce: bigint; windows?: Windows },
): TaskOrder {
  return {
    ...data,
    model: { ...DEMO.model, layers: flags.layers, width: flags.width, context: flags.context },
    modelSeed: seed,
    rounds: flags.rounds,
    workers: flags.workers,
    steps: flags.steps,
    batch: flags.batch,
    segments: flags.segments,
    peakRate: DEMO.peakRate,
    warmup: Math.min(DEMO.warmup, Math.floor((flags.rounds * flags.steps) / 4)),
    keepBps: DEMO.keepBps,
    certainty: flags.certainty as TaskOrder['certainty'],
    validators: flags.validators,
    samples: flags.samples,
    payAtto: flags.pay,
    smallPool: flags['small-pool'],
    class: flags.class as TaskOrder['class'],
    heldOutBps: DEMO.heldOutBps,
    windows,
    nonce,
  }
}

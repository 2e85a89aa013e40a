/** Models that can be ordered by name, and what follows from each. */

export interface ModelSize {
  readonly config: {
    readonly layers: number
    readonly width: number
    readonly heads: number
    readonly context: number
    readonly vocab: number
  }
  /** Examples a step. */
  readonly batch: number
  readonly peakRate: number
  /** Steps of warm-up at most; a quarter of all steps where those are few. */
  readonly warmup: number
  /** Share of an update's values that is handed in, basis points. */
  readonly keepBps: number
  /** Sealed test text of a round, bytes. */
  readonly heldOutBytes: number
}

const LEARNING = { batch: 16, peakRate: 6e-3, warmup: 50, keepBps: 5000 } as const

export const MODEL_SIZES = {
  /** 31,008 parameters. */
  small: {
    config: { layers: 1, width: 32, heads: 4, context: 64, vocab: 256 },
    ...LEARNING,
    heldOutBytes: 4_096,
  },
  /** 136,320 parameters: on two cores the loss crosses the bigram line in about a minute. */
  demo: {
    config: { layers: 2, width: 64, heads: 4, context: 64, vocab: 256 },
    ...LEARNING,
    heldOutBytes: 16_384,
  },
} as const satisfies Record<string, ModelSize>

export type ModelName = keyof typeof MODEL_SIZES

/** Values in the optimizer's counters: AdamW counts the step and two decaying weights. */
export const ADAMW_COUNTERS = 3

/**
 * Cost of scoring the test text over the cost of a round's training, basis points: 2000 measured where as many bytes are
 * scored, by base and each update, as are trained on.
 */
export function heldOutBps({ workers, steps, size }: { workers: number; steps: number; size: ModelSize }): number {
  const scored = (workers + 1) * size.heldOutBytes
  const trained = steps * size.batch * size.config.context
  return Math.min(100_000, Math.max(100, Math.ceil((2_000 * scored) / trained)))
}

/** Learning rates as a function of the step, from + − × ÷ alone and rounded to float32, so that all compute the same. */

export interface Schedule {
  readonly kind: 'warmup-linear'
  readonly peak: number
  readonly warmupSteps: number
  /** Steps of the whole task: rounds × steps a round. */
  readonly totalSteps: number
  /** Rate at the last step, as a share of the peak. */
  readonly floor: number
}

export const warmupLinear = (
  totalSteps: number,
  options: Partial<Omit<Schedule, 'kind' | 'totalSteps'>> = {},
): Schedule => ({
  kind: 'warmup-linear',
  peak: 6e-3,
  warmupSteps: 50,
  floor: 0.1,
  ...options,
  totalSteps,
})

/** Rate of one step, counted from 0 over the whole task: a linear rise to the peak, then a linear fall to its floor. */
export function learningRate({ peak, warmupSteps, totalSteps, floor }: Schedule, step: number): number {
  if (step < warmupSteps) return Math.fround((peak * (step + 1)) / warmupSteps)
  const span = Math.max(1, totalSteps - 1 - warmupSteps)
  const done = Math.min(1, (step - warmupSteps) / span)
  return Math.fround(peak * (1 - (1 - floor) * done))
}

/** Rates of `steps` steps from `first` on, as `Trainer.run` takes them. */
export const learningRates = (schedule: Schedule, first: number, steps: number): Float32Array =>
  Float32Array.from({ length: steps }, (_, i) => learningRate(schedule, first + i))

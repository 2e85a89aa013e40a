/** The prescribed steps of a task, run by the canonical runtime: the same for who trains, who checks, and who doubts. */
import {
  adamw,
  createTrainer,
  gpt,
  learningRates,
  type Ort,
  type Profile,
  type Schedule,
  sampleBatches,
  type Trainer,
} from '../engine/index.ts'
import type { TaskDocument } from './documents.ts'
import type { StepState } from './state.ts'

/** The session of a task's training graph. Release it when done. */
export function openTraining(
  { ort, profile }: { ort: Ort; profile: Profile },
  document: TaskDocument,
): Promise<Trainer> {
  const { beta1, beta2, epsilon, weightDecay } = document.train.optimizer
  const optimizer = adamw({ beta1, beta2, epsilon, weightDecay })
  return createTrainer({ ort, profile, model: gpt(document.model), optimizer, batch: document.train.batch })
}

/**
 * Runs steps `from … from + count − 1` of one worker's round.
 * @param round gives the place in the task's learning-rate schedule
 * @param seed the worker's batch seed, hex
 */
export function runSteps(
  trainer: Trainer,
  { train }: TaskDocument,
  data: Uint8Array,
  { round, seed, state, from, count }: { round: number; seed: string; state: StepState; from: number; count: number },
): ReturnType<Trainer['run']> {
  const { batch, context } = train
  const batches = sampleBatches({ data, seed, step: from, steps: count, batch, context })
  return trainer.run(state, batches, learningRates(scheduleOf(train), round * train.steps + from, count))
}

function scheduleOf({ schedule: { peak, warmup, total, floor } }: TaskDocument['train']): Schedule {
  return { kind: 'warmup-linear', peak, warmupSteps: warmup, totalSteps: total, floor }
}

/** Models that the compute thread writes with: one session an architecture, one set of parameters a checkpoint. */
import { createPredictor, type GptConfig, gpt, type Predict, type Predictor, type Runtime } from '../../engine/index.ts'

export interface Checkpoints {
  hold(checkpoint: string, config: GptConfig, parameters: Float32Array): Promise<void>
  drop(checkpoint: string): Promise<void>
  predict(checkpoint: string, ...next: Parameters<Predict>): ReturnType<Predict>
}

export function holdCheckpoints({ ort, profile }: Runtime): Checkpoints {
  const predictors = new Map<string, Predictor>()
  const held = new Map<string, { architecture: string; predict: Predict }>()
  return {
    hold: async (checkpoint, config, parameters) => {
      const model = gpt(config)
      const predictor = predictors.get(model.id) ?? createPredictor({ ort, profile, model })
      predictors.set(model.id, predictor)
      held.set(checkpoint, { architecture: model.id, predict: predictor.of(parameters) })
    },
    drop: async (checkpoint) => {
      const entry = held.get(checkpoint)
      held.delete(checkpoint)
      if (!entry || [...held.values()].some(({ architecture }) => architecture === entry.architecture)) return
      await predictors.get(entry.architecture)?.release()
      predictors.delete(entry.architecture)
    },
    predict: (checkpoint, text, temperature) => {
      const entry = held.get(checkpoint)
      if (!entry) throw new Error(`checkpoint ${checkpoint} is not held in the compute thread`)
      return entry.predict(text, temperature)
    },
  }
}

/** The training engine: ONNX graphs that train themselves, on any ONNX Runtime. Runs in Node and in browsers. */

export {
  type AnswerRecord,
  answerRecordSchema,
  hashBytes,
  isSigned,
  signRecord,
  type UnsignedRecord,
  watchPredictions,
} from './answerRecord.ts'
export { gradients } from './autodiff.ts'
export { type NgramBaselines, ngramBaselines, SMOOTHING } from './baseline.ts'
export { type BatchOptions, sampleBatch, sampleBatches } from './batch.ts'
export * from './errors.ts'
export {
  createEvaluator,
  type Evaluator,
  type EvaluatorOptions,
  evaluate,
  gainMicrobits,
  LN2,
  toScore,
} from './evaluate.ts'
export { exportInference } from './exportInference.ts'
export {
  createPredictor,
  type GenerateOptions,
  generate,
  generateStream,
  type Predict,
  type Predictor,
  type WriteOptions,
} from './generate.ts'
export { type GradResult, gradOfModel } from './grad.ts'
export { Builder } from './graph/builder.ts'
export type { Graph, OnnxModel, Tensor, Value } from './graph/ir.ts'
export { OPSET } from './graph/opset.ts'
export { readOnnx } from './graph/readOnnx.ts'
export { upgrade } from './graph/upgrade.ts'
export { writeOnnx } from './graph/writeOnnx.ts'
export { GPT_DEMO, type GptConfig, gpt } from './models/gpt.ts'
export { type MlpConfig, mlp } from './models/mlp.ts'
export { initialParameters } from './models/parameters.ts'
export { type AdamWOptions, adamw } from './optim/adamw.ts'
export { type SgdOptions, sgd } from './optim/sgd.ts'
export type { Optimizer } from './optim/types.ts'
export { type KnownCheckpoint, type RecordFault, type Replay, replayAnswer } from './replayAnswer.ts'
export { type Rng, rng, type Seed } from './rng.ts'
export { COMPONENTS, type Component, trainGraph } from './runner/stepGraph.ts'
export { createTrainer, freshState, initialState, type TrainerOptions } from './runner/trainer.ts'
export { learningRate, learningRates, type Schedule, warmupLinear } from './schedule.ts'
export { type TraceResult, traceOfModel } from './trace.ts'
export type * from './types.ts'

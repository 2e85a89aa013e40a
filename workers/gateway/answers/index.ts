/** Answers in OpenAI's format, from servers that the chain names. */
export { isPublicAddress, parseServerUrl, publicLookup } from './address.ts'
export {
  type Answers,
  type AnswersOptions,
  type CompletionEvent,
  type CompletionRequest,
  createAnswers,
} from './answers.ts'
export type { RegisteredServer, ServedModel } from './catalogue.ts'
export * from './errors.ts'
export { answersOf } from './fromParts.ts'
export { GATEWAY_ANSWER_LIMITS, type GatewayAnswerLimits } from './limits.ts'
export { operations, replySchemas } from './openaiOperations.ts'
export { type ReplayerOptions, replayer } from './replayer.ts'
export { type AnswerRoutes, type AnswerRoutesOptions, answerRoutes } from './routes.ts'
export { CHAT_STOP, chatPrompt } from './template.ts'

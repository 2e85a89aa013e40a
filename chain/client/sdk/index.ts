/** The SDK. */
export { Blyan, type BlyanOptions } from './blyan.ts'
export type { FirstParameters } from './context.ts'
export * from './decode.ts'
export * from './errors.ts'
export type { EventsOptions } from './events.ts'
export { type Nep413Payload, nep413Hash } from './nep413.ts'
export { type Difference, sameJson } from './sameJson.ts'
export { draftBodyOf, type SealedText, seal } from './sealedOrder.ts'
export {
  type BlyanSigner,
  type NearWallet,
  type SecretKey,
  type Sent,
  secretKeySigner,
  walletSigner,
} from './signer.ts'
export type { CreatedTask, CreateOptions, PreparedOrder, TaskOrder } from './tasks.ts'

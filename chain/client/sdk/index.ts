/** The SDK. */
export { Blyan, type BlyanOptions } from './blyan.ts'
export type { FirstParameters } from './context.ts'
export * from './decode.ts'
export * from './errors.ts'
export type { EventsOptions } from './events.ts'
export { type Nep413Payload, nep413Hash } from './nep413.ts'
export { type Difference, sameJson } from './sameJson.ts'
export {
  type BlyanSigner,
  type NearWallet,
  type SecretKey,
  type Sent,
  secretKeySigner,
  walletSigner,
} from './signer.ts'
export { type CreatedTask, type CreateOptions, type PreparedOrder, seal, type TaskOrder } from './tasks.ts'

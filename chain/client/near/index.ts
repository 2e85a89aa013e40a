/** The NEAR client. */
export { ContractError, fixesOf } from '../../lib/contractError.ts'
export * from './caller.ts'
export * from './connect.ts'
export * from './errors.ts'
export type { Rpc } from './rpc.ts'
export type { Signer } from './sender.ts'

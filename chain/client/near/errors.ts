/** What can go wrong between a client and NEAR, apart from what a contract says (ContractError). */
import { BlyanError, type Fault } from '../../lib/errors.ts'

/** No answer from the RPC, after all retries. */
export class RpcUnreachableError extends BlyanError {
  static override readonly code: string = 'NEAR_RPC_UNREACHABLE'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The RPC answered with an error that is no contract's; `data.cause` is nearcore's name for it. */
export class NearRpcError extends BlyanError {
  static override readonly code: string = 'NEAR_RPC'
  static override readonly fault: Fault = 'user'
}

/** The transaction was not taken: balance, key, nonce; `data.error` is nearcore's InvalidTxError. */
export class NearRefusedError extends BlyanError {
  static override readonly code: string = 'NEAR_REFUSED'
  static override readonly fault: Fault = 'user'
}

/** An action failed for another reason than a contract's panic; `data.kind` is nearcore's ActionErrorKind. */
export class NearActionError extends BlyanError {
  static override readonly code: string = 'NEAR_ACTION_FAILED'
  static override readonly fault: Fault = 'user'
}

/** The caller has no key to sign with. */
export class NoSignerError extends BlyanError {
  static override readonly code: string = 'NEAR_NO_SIGNER'
  static override readonly fault: Fault = 'config'
}

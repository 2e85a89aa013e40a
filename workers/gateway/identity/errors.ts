/** What signing in, tokens, keys and links may refuse. `status` is the HTTP status that the server answers with. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

class IdentityError extends BlyanError {
  static readonly status: number = 401
  static override readonly fault: Fault = 'user'
}

/** The nonce was never given out, was used, or is older than five minutes. */
export class NonceError extends IdentityError {
  static override readonly code: string = 'SIGN_IN_NONCE'
}

/** The signed message says something else than what was asked to be signed; `data.field` names it. */
export class SignInMessageError extends IdentityError {
  static override readonly code: string = 'SIGN_IN_MESSAGE'
}

/** The signature is not the account's. */
export class SignInSignatureError extends IdentityError {
  static override readonly code: string = 'SIGN_IN_SIGNATURE'
}

/** The key that signed is no full-access key of the account. */
export class SignInKeyError extends IdentityError {
  static override readonly code: string = 'SIGN_IN_KEY'
}

/** One network address holds too many nonces. */
export class TooManyNoncesError extends IdentityError {
  static override readonly code: string = 'SIGN_IN_TOO_MANY'
  static override readonly status: number = 429
  static override readonly retryable: boolean = true
}

/** The address or account id to sign in with is none. */
export class SignInAccountError extends IdentityError {
  static override readonly code: string = 'SIGN_IN_ACCOUNT'
  static override readonly status: number = 400
}

/** The store of nonces cannot be reached. */
export class NonceStoreError extends BlyanError {
  static readonly status: number = 503
  static override readonly code: string = 'SIGN_IN_STORE'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The chain that knows the account's keys does not answer. */
export class SignInChainError extends BlyanError {
  static readonly status: number = 503
  static override readonly code: string = 'SIGN_IN_CHAIN'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** Neither an access token nor an API key, or one that this gateway did not make. */
export class TokenError extends IdentityError {
  static override readonly code: string = 'TOKEN_INVALID'
}

/** The access token's ten minutes are over. */
export class TokenExpiredError extends IdentityError {
  static override readonly code: string = 'TOKEN_EXPIRED'
}

/** Session or key was ended before its time. */
export class TokenRevokedError extends IdentityError {
  static override readonly code: string = 'TOKEN_REVOKED'
}

/** No refresh cookie, or one that this gateway did not make. */
export class RefreshError extends IdentityError {
  static override readonly code: string = 'REFRESH_INVALID'
}

/** A refresh token came back after its successor: somebody holds a copy, so the whole session ends. */
export class RefreshReusedError extends IdentityError {
  static override readonly code: string = 'REFRESH_REUSED'
}

/** Another tab has just refreshed, from elsewhere. */
export class RefreshRacedError extends IdentityError {
  static override readonly code: string = 'REFRESH_RACED'
  static override readonly status: number = 409
  static override readonly retryable: boolean = true
}

/** A page of an origin that is not listed sent what only own pages may. */
export class ForeignPageError extends IdentityError {
  static override readonly code: string = 'SIGN_IN_FOREIGN_PAGE'
  static override readonly status: number = 403
}

/** Address or account is linked to another one. */
export class LinkTakenError extends IdentityError {
  static override readonly code: string = 'LINK_TAKEN'
  static override readonly status: number = 409
}

/** Two accounts of the same kind cannot be linked. */
export class LinkKindError extends IdentityError {
  static override readonly code: string = 'LINK_KIND'
  static override readonly status: number = 400
}

/** There is no link to take away. */
export class NotLinkedError extends IdentityError {
  static override readonly code: string = 'LINK_NONE'
  static override readonly status: number = 404
}

/** No such API key of the one who asks. */
export class ApiKeyUnknownError extends IdentityError {
  static override readonly code: string = 'API_KEY_UNKNOWN'
  static override readonly status: number = 404
}

/** The user has as many working keys as one may have. */
export class ApiKeyLimitError extends IdentityError {
  static override readonly code: string = 'API_KEY_LIMIT'
  static override readonly status: number = 409
}

/** A file of the gateway's secrets is damaged or open to others. */
export class IdentityFileError extends BlyanError {
  static override readonly code: string = 'IDENTITY_FILE'
  static override readonly fault: Fault = 'config'
}

/** The running gateway did not answer its operator, or refused; `data` is what it said. */
export class AdminError extends BlyanError {
  static override readonly code: string = 'GATEWAY_ADMIN'
  static override readonly fault: Fault = 'config'
}

/** What can go wrong between page and gateway, each with what happened and what to do. */
import type { Problem } from '../../../chain/client/gateway/index.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** The gateway refused: its own words, carried on. */
export class GatewayProblem extends BlyanError {
  static override readonly code: string = 'PAGE_GATEWAY_PROBLEM'
  static override readonly fault: Fault = 'platform'
  readonly problem: Problem

  constructor(problem: Problem) {
    super({ what: problem.what, fix: problem.fix, data: problem.data })
    this.problem = problem
    this.name = problem.code
    this.id = problem.id
  }
  /** The gateway's code; the class's own while the base is being made. */
  override get code(): string {
    return (this.problem as Problem | undefined)?.code ?? GatewayProblem.code
  }
  override get fault(): Fault {
    return this.problem.fault
  }
  override get retryable(): boolean {
    return this.problem.status >= 500 || this.problem.status === 429
  }
}

/** Nothing came back: the gateway is away, or the network between. */
export class GatewayAwayError extends BlyanError {
  static override readonly code: string = 'PAGE_GATEWAY_AWAY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The gateway's reply is none that this page knows. */
export class GatewayReplyError extends BlyanError {
  static override readonly code: string = 'PAGE_GATEWAY_REPLY'
  static override readonly fault: Fault = 'platform'
}

/** Something needs a signed-in visitor. */
export class SignedOutError extends BlyanError {
  static override readonly code: string = 'PAGE_SIGNED_OUT'
  static override readonly fault: Fault = 'user'
}

/** Bytes that came are not the ones that were promised. */
export class WrongBytesError extends BlyanError {
  static override readonly code: string = 'PAGE_WRONG_BYTES'
  static override readonly fault: Fault = 'peer'
}

/** The chain carried out every step, but the event that would say so is missing. */
export class EventMissingError extends BlyanError {
  static override readonly code: string = 'PAGE_EVENT_MISSING'
  static override readonly fault: Fault = 'platform'
}

/** Any thrown value as an error with what and fix. */
export function toBlyanError(error: unknown): BlyanError {
  if (error instanceof BlyanError) return error
  return new BlyanError({
    what: error instanceof Error ? error.message : String(error),
    fix: 'Reload the page; if it comes back, report it with these words.',
    cause: error,
  })
}

/** What can go wrong between a client and a gateway. */
import { BlyanError, type Fault } from '../../lib/errors.ts'
import type { Problem } from '../gateway/index.ts'

/** A transaction that the gateway returned is not the one that was asked for. Nothing was signed. */
export class TransactionDiffersError extends BlyanError {
  static override readonly code: string = 'SDK_TRANSACTION_DIFFERS'
  static override readonly fault: Fault = 'peer'
}

/** The gateway refused or failed: `code` is the gateway's own. */
export class GatewayError extends BlyanError {
  static override readonly code: string = 'SDK_GATEWAY'
  readonly problem: Problem

  constructor(problem: Problem) {
    super({ what: problem.what, fix: problem.fix, data: problem.data })
    this.problem = problem
    this.id = problem.id
    this.name = problem.code
  }

  override get code(): string {
    return this.problem?.code ?? GatewayError.code
  }

  override get fault(): Fault {
    return this.problem.fault
  }

  override get retryable(): boolean {
    return this.problem.status === 429 || this.problem.status === 503
  }
}

/** The gateway does not answer, or answers with something else than it promises. */
export class GatewayUnreachableError extends BlyanError {
  static override readonly code: string = 'SDK_GATEWAY_UNREACHABLE'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The answer does not fit its schema: another version, or no gateway. */
export class GatewayAnswerError extends BlyanError {
  static override readonly code: string = 'SDK_GATEWAY_ANSWER'
  static override readonly fault: Fault = 'peer'
}

/** The client was made without something that this call needs; `data.field` names the option. */
export class SdkOptionError extends BlyanError {
  static override readonly code: string = 'SDK_OPTION_MISSING'
  static override readonly fault: Fault = 'config'
}

/** The order costs more than the ceiling. Nothing was sent. */
export class CeilingError extends BlyanError {
  static override readonly code: string = 'SDK_CEILING'
  static override readonly fault: Fault = 'user'
}

/** The transactions were executed, but the market made no task: the BLY came back. */
export class NoTaskMadeError extends BlyanError {
  static override readonly code: string = 'SDK_NO_TASK'
  static override readonly fault: Fault = 'user'
}

/** A file is not the one whose address was asked for. */
export class FileDiffersError extends BlyanError {
  static override readonly code: string = 'SDK_FILE_DIFFERS'
  static override readonly fault: Fault = 'peer'
}

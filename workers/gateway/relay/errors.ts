/** Why the relay carries something not. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** The delegate is not one that this relay carries; `data.field` says which part. */
export class RelayRefusedError extends BlyanError {
  static override readonly code: string = 'RELAY_REFUSED'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 403
}
/** The day's budget of this account, or of all, is spent. */
export class RelayBudgetError extends BlyanError {
  static override readonly code: string = 'RELAY_BUDGET_SPENT'
  static override readonly fault: Fault = 'user'
  static override readonly retryable: boolean = true
  static readonly status: number = 429
}
/** The operator has set no budget. */
export class RelayOffError extends BlyanError {
  static override readonly code: string = 'RELAY_OFF'
  static override readonly fault: Fault = 'config'
  static readonly status: number = 404
}

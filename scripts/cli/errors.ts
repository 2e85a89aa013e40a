/** What the command line itself may refuse, and which exit code each error leaves with. */
import { BlyanError, type Fault, InvalidArgumentError } from '../../chain/lib/errors.ts'

/** Exit codes that scripts may rely on. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** An argument of a command is unknown, missing or malformed. `data.field` names it. */
export class UsageError extends InvalidArgumentError {
  static override readonly code: string = 'CLI_USAGE'
}

/** A question could not be asked: standard input is no terminal and `--yes` was not given. */
export class NeedsAnswerError extends InvalidArgumentError {
  static override readonly code: string = 'CLI_NEEDS_ANSWER'
}

/** The person answered no. */
export class DeclinedError extends BlyanError {
  static override readonly code: string = 'CLI_DECLINED'
  static override readonly fault: Fault = 'user'
}

/** `--help` was asked for: not a failure, but it ends the command. */
export class HelpRequest extends Error {}

/** @returns 2 for arguments that were refused, 130 for a no at the prompt, else 1 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof InvalidArgumentError) return EXIT.usage
  if (error instanceof DeclinedError) return EXIT.interrupted
  return EXIT.failed
}

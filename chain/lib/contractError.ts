/** What a contract said when it panicked, as an error with the contract's own code. Panic texts read `CODE: what happened`. */
import { BlyanError, type Fault } from './errors.ts'

/** A contract refused: `code` is the contract's, such as MARKET_TASK_CLOSED, or CONTRACT_PANICKED where it gave none. */
export class ContractError extends BlyanError {
  static override readonly code: string = 'CONTRACT_PANICKED'
  static override readonly fault: Fault = 'user'

  override get code(): string {
    return typeof this.data?.code === 'string' ? this.data.code : ContractError.code
  }
}

export interface PanicPlace {
  contractId: string
  method?: string
  txHash?: string
  receiptId?: string
}

/** What to do about a code: the contracts' error tables, as far as the caller has them. */
export type Fixes = Readonly<Record<string, string>>

/** What to do about each code of the contracts' generated tables. */
export const fixesOf = (...tables: Readonly<Record<string, { readonly fix: string }>>[]): Fixes =>
  Object.fromEntries(tables.flatMap((table) => Object.entries(table).map(([code, { fix }]) => [code, fix])))

/** A word in capitals with underscores, or Ref Finance's numbers such as E22. */
const CODE = /^(?:Error: )?(E\d{2,3}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): ([^\n]*)/

/** Reads a panic from nearcore's text, whichever of its forms wraps it. */
export function contractErrorOf(text: string, place: PanicPlace, fixes: Fixes = {}): ContractError {
  const message = panicMessage(text)
  const [, code, what] = CODE.exec(message) ?? []
  return new ContractError({
    what: what ?? message,
    fix: (code && fixes[code]) || 'Read what the contract says, change the request, and send it again.',
    data: { ...(code === undefined ? {} : { code }), ...place },
  })
}

function panicMessage(text: string): string {
  const debug = /panic_msg: ("(?:[^"\\]|\\.)*")/.exec(text)
  if (debug !== null) return unquote(debug[1]!)
  const execution = /ExecutionError\(("(?:[^"\\]|\\.)*")\)/.exec(text)
  const plain = execution === null ? text : unquote(execution[1]!)
  return plain.replace(/^Smart contract panicked: /, '')
}

/** Rust's debug strings are JSON strings but for a few escapes that panics do not hold. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted.slice(1, -1)
  }
}

/** The one error base: a stable code, what happened, what to do about it, and who should act. */

export type Fault = 'user' | 'config' | 'peer' | 'platform' | 'internal'

export interface BlyanErrorOptions {
  what: string
  fix: string
  data?: Record<string, unknown>
  cause?: unknown
}

export interface ErrorJson {
  code: string
  what: string
  fix: string
  fault: Fault
  data: Record<string, unknown>
  id: string | null
}

/**
 * Base of every typed error. A subclass writes its code, fault and retryable once, as static fields:
 * a minifier renames classes, and a code must not change with it.
 */
export class BlyanError extends Error {
  static readonly code: string = 'BLYAN_INTERNAL'
  static readonly fault: Fault = 'internal'
  static readonly retryable: boolean = false

  readonly what: string
  readonly fix: string
  readonly data: Record<string, unknown>
  id: string | null = null

  constructor({ what, fix, data = {}, cause }: BlyanErrorOptions) {
    super(what, cause === undefined ? undefined : { cause })
    this.what = what
    this.fix = fix
    this.data = data
    this.name = this.code
  }

  get code(): string {
    return (this.constructor as typeof BlyanError).code
  }

  get fault(): Fault {
    return (this.constructor as typeof BlyanError).fault
  }

  get retryable(): boolean {
    return (this.constructor as typeof BlyanError).retryable
  }

  toJSON(): ErrorJson {
    return {
      code: this.code,
      what: this.what,
      fix: this.fix,
      fault: this.fault,
      data: jsonSafe(this.data),
      id: this.id,
    }
  }
}

/** A user's argument was refused. `data.field` names the argument. */
export class InvalidArgumentError extends BlyanError {
  static override readonly code: string = 'INVALID_ARGUMENT'
  static override readonly fault: Fault = 'user'
}

function jsonSafe(data: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(data, (_key, value) => (typeof value === 'bigint' ? value.toString() : value)))
}

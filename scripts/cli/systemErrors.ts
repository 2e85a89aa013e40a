/** The operating system's refusals, said as ours: code, what, fix. Source: errno(3) names as Node reports them. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** Another program listens on the port. */
class PortInUseError extends BlyanError {
  static override readonly code: string = 'SYSTEM_PORT_IN_USE'
  static override readonly fault: Fault = 'config'
}
/** No space left on the disk. */
class DiskFullError extends BlyanError {
  static override readonly code: string = 'SYSTEM_DISK_FULL'
  static override readonly fault: Fault = 'platform'
}
/** The user may not read or write there. */
class PermissionError extends BlyanError {
  static override readonly code: string = 'SYSTEM_PERMISSION'
  static override readonly fault: Fault = 'config'
}
/** A file or folder is not there. */
class FileMissingError extends BlyanError {
  static override readonly code: string = 'SYSTEM_FILE_MISSING'
  static override readonly fault: Fault = 'user'
}
/** Nobody answers at an address. */
class UnreachableError extends BlyanError {
  static override readonly code: string = 'SYSTEM_UNREACHABLE'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}
/** Anything that has no code of its own: a mistake of ours. */
class UnexpectedError extends BlyanError {
  static override readonly code: string = 'CLI_UNEXPECTED'
}

/** Any thrown value as a BlyanError; one of ours comes back as it is. The original is kept as `cause`. */
export function toBlyanError(thrown: unknown): BlyanError {
  if (thrown instanceof BlyanError) return thrown
  const system = findSystemError(thrown)
  if (system !== null) {
    const { code, path, address, port } = system
    const place = address === undefined ? 'the address' : `${address}${port === undefined ? '' : `:${port}`}`
    const cause = thrown
    switch (code) {
      case 'EADDRINUSE':
        return new PortInUseError({
          what: `Port ${port ?? '?'} of ${address ?? 'this machine'} is taken by another program.`,
          fix: 'Choose another with --port, or --port 0 for any free one.',
          data: { field: 'port', port },
          cause,
        })
      case 'ENOSPC':
      case 'EDQUOT':
        return new DiskFullError({
          what: `No space left to write ${path ?? 'a file'}.`,
          fix: 'Free some space, or name another folder with --dir. What was acknowledged before is kept.',
          data: { path },
          cause,
        })
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        return new PermissionError({
          what: `${path ?? place} may not be used by this user (${code}).`,
          fix: path === undefined ? 'Choose a port above 1023.' : 'Change its rights, or name another file or folder.',
          data: { path, port },
          cause,
        })
      case 'ENOENT':
      case 'ENOTDIR':
      case 'EISDIR':
        return new FileMissingError({
          what: `${path ?? 'A file'} ${code === 'EISDIR' ? 'is a folder, a file is needed' : 'does not exist'}.`,
          fix: 'Check the path; relative ones count from the folder you are in.',
          data: { path },
          cause,
        })
      case 'ECONNREFUSED':
      case 'ECONNRESET':
      case 'ENOTFOUND':
      case 'ETIMEDOUT':
      case 'EHOSTUNREACH':
        return new UnreachableError({
          what: `Nobody answers at ${place} (${code}).`,
          fix: 'Check the address (--rpc, --ipfs) and that the program there runs, then repeat the command.',
          data: { address, port },
          cause,
        })
    }
  }
  return new UnexpectedError({
    what: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown),
    fix: 'This is a mistake in Blyan. Run again with -v and report what it prints.',
    cause: thrown,
  })
}

interface SystemError {
  code: string
  path?: string
  address?: string
  port?: number
}

/** fetch() wraps errno errors in TypeErrors and AggregateErrors: look through causes. */
function findSystemError(thrown: unknown): SystemError | null {
  for (let depth = 0, error = thrown; depth < 5 && error instanceof Error; depth++) {
    const { code } = error as Partial<SystemError>
    if (typeof code === 'string' && 'syscall' in error) return error as unknown as SystemError
    error = error instanceof AggregateError ? error.errors[0] : error.cause
  }
  return null
}

/** Key files as nearcore writes them, and a lock so that one key works in one daemon. */
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { KeyFileError, KeyInUseError } from './errors.ts'

const schema = z.object({
  account_id: z.string().min(2).max(64),
  public_key: z.string().regex(/^(ed25519|secp256k1):[1-9A-HJ-NP-Za-km-z]+$/),
  secret_key: z.string().regex(/^(ed25519|secp256k1):[1-9A-HJ-NP-Za-km-z]+$/),
})

export interface NodeKey {
  readonly accountId: string
  readonly publicKey: string
  readonly secretKey: string
}

/**
 * Reads a key file `{ account_id, public_key, secret_key }`.
 * @throws KeyFileError when it is missing, readable by others, or no key; the key itself is in no message
 */
export function readKeyFile(path: string): NodeKey {
  let text: string
  try {
    const mode = statSync(path).mode & 0o077
    if (mode !== 0 && process.platform !== 'win32') {
      throw new KeyFileError({
        what: `Others on this machine may read ${path}.`,
        fix: `Run: chmod 600 ${path}`,
        data: { path },
      })
    }
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof KeyFileError) throw cause
    throw new KeyFileError({
      what: `The key file ${path} cannot be read.`,
      fix: 'Name a key file with --key.',
      data: { path },
      cause,
    })
  }
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    raw = null
  }
  const parsed = schema.safeParse(raw)
  if (!parsed.success) {
    throw new KeyFileError({
      what: `${path} is no key file: field "${parsed.error.issues[0]?.path.join('.') ?? ''}" does not fit.`,
      fix: 'It needs account_id, public_key and secret_key, as nearcore writes them.',
      data: { path },
    })
  }
  return {
    accountId: parsed.data.account_id,
    publicKey: parsed.data.public_key,
    secretKey: parsed.data.secret_key,
  }
}

/**
 * Takes the lock of a key until the returned function is called or the process ends.
 * @throws KeyInUseError while another living process holds it
 */
export function lockKey(path: string): () => void {
  const lock = `${path}.lock`
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(lock, 'wx', 0o600)
      writeSync(file, String(process.pid))
      closeSync(file)
      const release = (): void => rmSync(lock, { force: true })
      process.once('exit', release)
      return release
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new KeyFileError({
          what: `The lock ${lock} cannot be written.`,
          fix: 'Free disk space, or make the folder writable.',
          cause,
        })
      }
      const holder = Number(readFileSync(lock, 'utf8'))
      if (isAlive(holder)) {
        throw new KeyInUseError({
          what: `Process ${holder} already works with the key ${path}.`,
          fix: 'Stop it first, or give this daemon a key of its own.',
          data: { pid: holder },
        })
      }
      rmSync(lock, { force: true })
    }
  }
  throw new KeyInUseError({ what: `The lock ${lock} changes hands.`, fix: 'Try again.' })
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

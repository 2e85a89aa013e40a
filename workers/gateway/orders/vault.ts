/**
 * Encrypts round keys before they reach the database: who copies the database reads no test text. AES-256-GCM; the key lies
 * in a file of its own, mode 0600, and each entry is bound to its place, so that entries cannot be exchanged.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { bytesToHex, hexToBytes } from '../../../chain/lib/bytes.ts'
import { VaultError } from './errors.ts'

export interface Vault {
  /** @param key hex @returns base64 */
  seal(place: { head: string; round: number }, key: string): string
  /** @returns hex  @throws VaultError when the entry was not sealed here for this place */
  open(place: { head: string; round: number }, sealed: string): string
}

const KEY_FILE = 'round-keys.key'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Opens the key file of a folder, or makes it. @throws VaultError */
export function openVault(dir: string, random: (bytes: number) => Uint8Array): Vault {
  const secret = readOrMake(dir, random)
  return {
    seal(place, key) {
      const nonce = random(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(context(place))
      const body = Buffer.concat([cipher.update(hexToBytes(key)), cipher.final()])
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64')
    },
    open(place, sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      try {
        const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, NONCE_BYTES)).setAAD(context(place))
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
        const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES)
        return bytesToHex(new Uint8Array(Buffer.concat([decipher.update(body), decipher.final()])))
      } catch (cause) {
        throw new VaultError({
          what: `The stored key of round ${place.round} does not open with ${join(dir, KEY_FILE)}.`,
          fix: 'Restore the key file that belongs to this database.',
          data: place,
          cause,
        })
      }
    },
  }
}

const context = ({ head, round }: { head: string; round: number }): Buffer =>
  Buffer.from(`blyan/round-key/1/${head}/${round}`)

function readOrMake(dir: string, random: (bytes: number) => Uint8Array): Uint8Array {
  const path = join(dir, KEY_FILE)
  const temporary = `${path}.${process.pid}`
  try {
    mkdirSync(dir, { recursive: true })
    const file = openSync(temporary, 'wx', 0o600)
    const fresh = random(KEY_BYTES)
    writeSync(file, fresh)
    fsyncSync(file)
    closeSync(file)
    // Whole or not at all: a crash leaves no short key under this name.
    linkSync(temporary, path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, 'cannot be written', cause)
  } finally {
    rmSync(temporary, { force: true })
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw unusable(path, 'may be read by others on this machine')
  }
  const secret = new Uint8Array(readFileSync(path))
  if (secret.length !== KEY_BYTES) throw unusable(path, `has ${secret.length} bytes instead of ${KEY_BYTES}`)
  return secret
}

const unusable = (path: string, why: string, cause?: unknown): VaultError =>
  new VaultError({
    what: `The key file ${path} ${why}.`,
    fix: `Restore it, or run: chmod 600 ${path}`,
    data: { path },
    cause,
  })

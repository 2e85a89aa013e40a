/**
 * A signer's key at rest: scrypt makes a key of the passphrase, AES-256-GCM seals the secret, the address is sealed in with it.
 * All that opening takes but the passphrase stands in the file. Source: RFC 7914, NIST SP 800-38D.
 */
import { createCipheriv, createDecipheriv, scryptSync } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { bytesToHex, hexToBytes, utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { SignerKeyError } from '../errors.ts'
import { addressOf } from '../signature.ts'

export const KEY_SCHEMA = 'blyan.evm-key/1'
/** 128 MiB and about half a second: each guess at the passphrase costs as much. */
export const SCRYPT = { n: 2 ** 17, r: 8, p: 1 } as const
/** Files that say less are not ours: 16 MiB. */
const LEAST_N = 2 ** 14
const MOST_N = 2 ** 20

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`))
const schema = z.object({
  schema: z.literal(KEY_SCHEMA),
  address: hex(20),
  kdf: z.object({
    name: z.literal('scrypt'),
    n: z.number().int().min(LEAST_N).max(MOST_N),
    r: z.literal(8),
    p: z.literal(1),
    salt: hex(32),
  }),
  cipher: z.object({ name: z.literal('aes-256-gcm'), iv: hex(12), tag: hex(16), text: hex(32) }),
})
export type KeyFile = z.infer<typeof schema>

export interface SealOptions {
  random: (bytes: number) => Uint8Array
  /** Of scrypt; lower only in tests. */
  n?: number
}

/** @param secretKey 32 bytes, a secp256k1 scalar */
export function sealKey(secretKey: Uint8Array, passphrase: string, { random, n = SCRYPT.n }: SealOptions): KeyFile {
  const address = addressOf(secretKey)
  const kdf = { name: 'scrypt' as const, ...SCRYPT, n, salt: bytesToHex(random(32)) }
  const iv = random(12)
  const cipher = createCipheriv('aes-256-gcm', derive(passphrase, kdf), iv).setAAD(aad(address))
  const text = Buffer.concat([cipher.update(secretKey), cipher.final()])
  return {
    schema: KEY_SCHEMA,
    address,
    kdf,
    cipher: { name: 'aes-256-gcm', iv: bytesToHex(iv), tag: bytesToHex(cipher.getAuthTag()), text: bytesToHex(text) },
  }
}

/** @throws SignerKeyError when the passphrase is another one, or the file was changed */
export function unsealKey({ address, kdf, cipher }: KeyFile, passphrase: string): Uint8Array {
  try {
    const opener = createDecipheriv('aes-256-gcm', derive(passphrase, kdf), hexToBytes(cipher.iv), {
      authTagLength: 16,
    })
      .setAAD(aad(address))
      .setAuthTag(hexToBytes(cipher.tag))
    return Uint8Array.from(Buffer.concat([opener.update(hexToBytes(cipher.text)), opener.final()]))
  } catch (cause) {
    throw new SignerKeyError({
      what: `The passphrase does not open the key of 0x${address}, or its file was changed.`,
      fix: 'Give the passphrase that the key was made with.',
      data: { address },
      cause: cause instanceof Error ? cause.name : undefined, // the passphrase is in neither, and shall stay so
    })
  }
}

/** @throws SignerKeyError when it is missing, readable by others or malformed */
export function readKeyFile(path: string): KeyFile {
  const text = readPrivate(path, 'key')
  let value: unknown = null
  try {
    value = JSON.parse(text)
  } catch {
    // falls through
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new SignerKeyError({
    what: `${path} is no signer's key file: field "${parsed.error.issues[0]?.path.join('.') ?? ''}" does not fit.`,
    fix: 'Make one with `blyan signer keygen`.',
    data: { path },
  })
}

/** Writes a new file of mode 0600, never over another. @throws SignerKeyError */
export function writeKeyFile(path: string, key: KeyFile): void {
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, `${JSON.stringify(key, null, 2)}\n`)
    fsyncSync(file)
    closeSync(file)
  } catch (cause) {
    throw new SignerKeyError({
      what: `The key file ${path} cannot be made: ${(cause as NodeJS.ErrnoException).code}.`,
      fix: 'Name a file that does not exist yet, in a folder that you may write.',
      data: { path },
      cause,
    })
  }
}

/** A file that only its owner may read. @throws SignerKeyError */
export function readPrivate(path: string, what: string): string {
  let text: string
  let mode: number
  try {
    mode = statSync(path).mode
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SignerKeyError({
      what: `The ${what} file ${path} cannot be read: ${(cause as NodeJS.ErrnoException).code}.`,
      fix: 'Name a file that is there, and that this user may read.',
      data: { path },
      cause,
    })
  }
  if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw new SignerKeyError({
      what: `Others on this machine may read the ${what} file ${path}.`,
      fix: `Run: chmod 600 ${path}`,
      data: { path },
    })
  }
  return text
}

const derive = (passphrase: string, { n, r, p, salt }: KeyFile['kdf']): Buffer =>
  scryptSync(passphrase.normalize('NFKC'), hexToBytes(salt), 32, { N: n, r, p, maxmem: 256 * n * r })

const aad = (address: string): Uint8Array => utf8ToBytes(`${KEY_SCHEMA} ${address}`)

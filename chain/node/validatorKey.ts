/** The root account's key file, in the form that nearcore's sandbox writes. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type KeyPair, keyPairFromPhrase, publicKeyOf, randomKeyPair } from '../lib/key.ts'
import { ValidatorKeyError } from './errors.ts'

export const VALIDATOR_KEY_FILE = 'validator_key.json'

export interface KeyFile {
  account_id: string
  public_key: string
  secret_key: string
}

const schema = z.object({ account_id: z.string(), public_key: z.string(), secret_key: z.string() })

/** Reads the file, or makes it with mode 0600. @param seed for a key that tests know beforehand  @throws ValidatorKeyError */
export function loadValidatorKey(dir: string, accountId: string, seed?: string): KeyFile {
  const path = join(dir, VALIDATOR_KEY_FILE)
  if (existsSync(path)) return readKeyFile(path)
  return writeKeyFile(path, accountId, seed === undefined ? randomKeyPair() : keyPairFromPhrase(`${seed}/${accountId}`))
}

/** @throws ValidatorKeyError when it is no key file, or its two keys do not belong together */
export function readKeyFile(path: string): KeyFile {
  try {
    const key = schema.parse(JSON.parse(readFileSync(path, 'utf8')))
    if (publicKeyOf(key.secret_key) !== key.public_key) throw new Error('public_key is not that of secret_key')
    return key
  } catch (cause) {
    throw new ValidatorKeyError({
      what: `${path} is no key file: ${(cause as Error).message}.`,
      fix: 'Restore it from a copy, or use another folder.',
      data: { path },
      cause,
    })
  }
}

export function writeKeyFile(path: string, accountId: string, { publicKey, secretKey }: KeyPair): KeyFile {
  const key = { account_id: accountId, public_key: publicKey, secret_key: secretKey }
  writeFileSync(path, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600 })
  // An existing file keeps its mode when written over.
  chmodSync(path, 0o600)
  return key
}

/** Key files of accounts that `up` and the tutorial make: DIR/keys/ACCOUNT.json, mode 0600, as nearcore writes them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type KeyPair, randomKeyPair } from '../../chain/lib/key.ts'
import { type NodeKey, readKeyFile } from '../../workers/node/keyFile.ts'

export const keyPath = (dir: string, account: string): string => join(dir, 'keys', `${account}.json`)

/** The account's key, made when there is none. */
export function keyOf(dir: string, account: string): NodeKey {
  const path = keyPath(dir, account)
  if (!existsSync(path)) writeKey(path, account, randomKeyPair())
  return readKeyFile(path)
}

function writeKey(path: string, account: string, { publicKey, secretKey }: KeyPair): void {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
  writeFileSync(path, `${JSON.stringify({ account_id: account, public_key: publicKey, secret_key: secretKey })}\n`, {
    mode: 0o600,
  })
}

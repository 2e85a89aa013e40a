/** Files with the key of an EVM account that pays gas: { address, private_key }, mode 0600, beside NEAR's own key files. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Hex } from 'viem'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { z } from 'zod'
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** An EVM key file is missing, open to others, or none. */
export class EvmKeyFileError extends BlyanError {
  static override readonly code: string = 'EVM_KEY_FILE'
  static override readonly fault: Fault = 'config'
}

export interface EvmKey {
  address: `0x${string}`
  privateKey: Hex
}

const schema = z.object({
  address: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  private_key: z.string().regex(/^0x[0-9a-f]{64}$/),
})

/** @throws EvmKeyFileError; the key itself is in no message */
export function readEvmKey(path: string): EvmKey {
  const refuse = (what: string, fix: string): never => {
    throw new EvmKeyFileError({ what, fix, data: { field: 'evm-key', path } })
  }
  if (!existsSync(path)) refuse(`The EVM key file ${path} does not exist.`, 'Name one with --evm-key.')
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    refuse(`Others on this machine may read ${path}.`, `Run: chmod 600 ${path}`)
  }
  let raw: unknown = null
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // told below: it is no key file
  }
  const parsed = schema.safeParse(raw)
  if (!parsed.success) {
    return refuse(`${path} is no EVM key file.`, 'It needs address and private_key, 0x and lower-case hex digits.')
  }
  const privateKey = parsed.data.private_key as Hex
  const address = privateKeyToAddress(privateKey)
  if (address.toLowerCase() !== parsed.data.address.toLowerCase()) {
    refuse(`The address in ${path} is not that of its key.`, `Correct it to ${address}, if the key is the right one.`)
  }
  return { address, privateKey }
}

/** The key in `path`, made when there is none. */
export function evmKeyOf(path: string): EvmKey {
  if (!existsSync(path)) {
    const privateKey = generatePrivateKey()
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const json = { address: privateKeyToAddress(privateKey), private_key: privateKey }
    writeFileSync(path, `${JSON.stringify(json)}\n`, { mode: 0o600 })
  }
  return readEvmKey(path)
}

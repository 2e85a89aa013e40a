/** `blyan signer keygen`: makes a signer's key, encrypted from its first byte on disk. */
import { randomBytes } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { formatEvmAddress } from '../../chain/client/protocol.ts'
import { keccak256 } from '../../chain/lib/hash.ts'
import { sealKey, writeKeyFile } from '../../oracle/signer/index.ts'
import { parseArgs } from './args.ts'
import { EXIT } from './errors.ts'
import { PASSPHRASE_FLAGS, passphraseOf } from './signerKey.ts'

const SPEC = {
  command: 'signer keygen',
  sentence: 'Makes a signer’s key in a file that only its passphrase opens, and shows its address.',
  positionals: [{ name: 'FILE', help: 'the key file to make; never written over', required: true }],
  flags: { ...PASSPHRASE_FLAGS, json: { type: 'boolean', help: 'the address as JSON' } },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const key = sealKey(secp256k1.utils.randomSecretKey(), passphraseOf(flags), { random: randomBytes })
  writeKeyFile(positionals[0]!, key)
  const address = formatEvmAddress(keccak256, key.address)
  process.stdout.write(flags.json ? `${JSON.stringify({ type: 'key', address })}\n` : `Address  ${address}\n`)
  return EXIT.done
}

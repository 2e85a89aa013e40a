/** The key that a signer's flags name: an encrypted file with its passphrase, or a place elsewhere. */
import {
  externalKey,
  localKey,
  readKeyFile,
  readPassphrase,
  readPrivate,
  type SigningKey,
  unsealKey,
} from '../../oracle/signer/index.ts'
import type { FlagSpec } from './args.ts'
import { UsageError } from './errors.ts'

export const PASSPHRASE_FLAGS = {
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    help: 'file of mode 0600 with the passphrase; also BLYAN_SIGNER_PASSPHRASE_FILE',
  },
  'passphrase-fd': { type: 'integer', value: 'N', help: 'open file descriptor with the passphrase', min: 0, max: 1023 },
} as const satisfies Record<string, FlagSpec>

interface PassphraseFlags {
  'passphrase-file': string | undefined
  'passphrase-fd': number | undefined
}

export const passphraseOf = (flags: PassphraseFlags): string =>
  readPassphrase({
    fd: flags['passphrase-fd'],
    file: flags['passphrase-file'] ?? (process.env.BLYAN_SIGNER_PASSPHRASE_FILE || undefined),
  })

/** @param from a key file, `https://HOST` or `unix:/SOCKET`; the last two need `address` */
export function openSigningKey(from: string, address: string | undefined, flags: PassphraseFlags): SigningKey {
  if (!/^(https?:|unix:)/.test(from)) return localKey(unsealKey(readKeyFile(from), passphraseOf(flags)))
  if (address === undefined || !/^0x[0-9a-fA-F]{40}$/.test(address)) {
    throw new UsageError({
      what: 'blyan signer: an external signer needs --address 0x… that its signatures must recover to.',
      fix: 'Give the address that stands in bridge.json.',
      data: { field: 'address' },
    })
  }
  const tokenFile = process.env.BLYAN_SIGNER_TOKEN_FILE || undefined
  const token = tokenFile === undefined ? undefined : readPrivate(tokenFile, 'token').trim()
  return externalKey({ address: address.slice(2).toLowerCase(), at: from, token })
}

/** The key that a signer's flags name: an encrypted file with its passphrase, or a place elsewhere. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
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

interface KeyFlags extends PassphraseFlags {
  address: string | undefined
  'key-ca': string | undefined
}

/** @param from a key file, `https://HOST` or `unix:/SOCKET`; the last two need `address` */
export function openSigningKey(from: string, flags: KeyFlags): SigningKey {
  const { address, 'key-ca': caFile } = flags
  if (caFile !== undefined && !from.startsWith('https:')) {
    throw new UsageError({
      what: 'blyan signer: --key-ca says who vouches for a key at https://HOST; this key is elsewhere.',
      fix: 'Leave --key-ca out, or name the key with --key https://HOST.',
      data: { field: 'key-ca' },
    })
  }
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
  const tls = caFile === undefined ? undefined : { ca: readCertificate(caFile) }
  return externalKey({ address: address.slice(2).toLowerCase(), at: from, token, tls })
}

/** Text of a PEM file with a certificate: without one, Node would trust nobody and say so only when asked to sign. */
function readCertificate(path: string): string {
  const refuse = (why: string, cause?: unknown): UsageError =>
    new UsageError({
      what: `blyan signer: ${path} ${why}.`,
      fix: 'Name the PEM file of the certificate, or of who issued it, with --key-ca.',
      data: { field: 'key-ca' },
      cause,
    })
  let text: string
  try {
    text = readFileSync(path, 'utf8')
    new X509Certificate(text)
  } catch (cause) {
    throw refuse((cause as NodeJS.ErrnoException).syscall ? 'cannot be read' : 'holds no PEM certificate', cause)
  }
  return text
}

/** Where the passphrase comes from: never an argument or an environment variable, which other processes may see. */
import { readFileSync } from 'node:fs'
import { SignerKeyError } from '../errors.ts'
import { readPrivate } from './keyFile.ts'

export interface PassphraseFrom {
  /** An open file descriptor, as `--passphrase-fd 3 3< <(pass show blyan)` gives one. */
  fd?: number
  /** A file of mode 0600. */
  file?: string
}

/** One line; its line break does not belong to it. @throws SignerKeyError when none is named, or it is empty */
export function readPassphrase({ fd, file }: PassphraseFrom): string {
  if (fd === undefined && file === undefined) throw missing('No passphrase was given for the key file')
  const text = fd === undefined ? readPrivate(file!, 'passphrase') : readDescriptor(fd)
  const passphrase = text.replace(/\r?\n$/, '')
  if (passphrase === '') throw missing('The passphrase is empty')
  return passphrase
}

function readDescriptor(fd: number): string {
  try {
    return readFileSync(fd, 'utf8')
  } catch (cause) {
    throw missing(`File descriptor ${fd} holds no passphrase`, cause)
  }
}

const missing = (what: string, cause?: unknown): SignerKeyError =>
  new SignerKeyError({
    what: `${what}.`,
    fix: 'Name a file of mode 0600 with --passphrase-file or BLYAN_SIGNER_PASSPHRASE_FILE, or a descriptor with --passphrase-fd.',
    cause,
  })

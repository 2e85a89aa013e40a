/** Sign-In with Ethereum: every field of the signed message against what was asked for, then the signature. Source: EIP-4361. */
import { hashMessage, isHex, recoverAddress } from 'viem'
import { parseSiweMessage } from 'viem/siwe'
import { CHALLENGE_MS, type Challenge, recipientOf, statementOf } from './challenge.ts'
import { SignInMessageError, SignInSignatureError } from './errors.ts'
import { renderSiwe, type SiweFields } from './siweText.ts'

/** Asks the account's contract (EIP-1271). @throws SignInChainError */
export type AskContract = (address: `0x${string}`, message: string, signature: `0x${string}`) => Promise<boolean>

/** Half of secp256k1's order: of each signature's two forms only the lower one counts (EIP-2). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n
/** Clocks of a wallet and a gateway may differ by this much. */
const SKEW_MS = 30_000

interface Seen {
  readonly text: string
  readonly fields: SiweFields
  readonly challenge: Challenge
  readonly now: number
}
const at = (date: Date | undefined): number => date?.getTime() ?? Number.NaN

/** One check a field: true is as asked. NaN of a missing or malformed time fails every comparison. */
export const SIWE_CHECKS = {
  nonce: ({ fields, challenge }) => fields.nonce === challenge.nonce,
  address: ({ fields, challenge }) => fields.address === challenge.account,
  domain: ({ fields, challenge }) => fields.domain === recipientOf(challenge),
  scheme: ({ fields, challenge }) =>
    fields.scheme === undefined || `${fields.scheme}:` === new URL(challenge.origin).protocol,
  uri: ({ fields, challenge }) => fields.uri === challenge.origin,
  version: ({ fields }) => fields.version === '1',
  chainId: ({ fields, challenge }) => `eip155:${fields.chainId}` === challenge.network,
  statement: ({ fields, challenge }) => fields.statement === statementOf(challenge),
  issuedAt: ({ fields, challenge, now }) =>
    at(fields.issuedAt) >= challenge.issuedAt - SKEW_MS && at(fields.issuedAt) <= now + SKEW_MS,
  expirationTime: ({ fields, now }) =>
    at(fields.expirationTime) > now && at(fields.expirationTime) <= at(fields.issuedAt) + CHALLENGE_MS,
  notBefore: ({ fields, now }) => fields.notBefore === undefined || at(fields.notBefore) <= now,
  requestId: ({ fields }) => fields.requestId === undefined,
  resources: ({ fields }) => fields.resources === undefined,
  // The parser takes the first thing that looks like a field; a text with more in it than its fields is not believed.
  form: ({ text, fields }) => renderSiwe(fields) === text,
} as const satisfies Record<string, (seen: Seen) => boolean>

export type SiweCheck = keyof typeof SIWE_CHECKS

export const siweNonce = (message: string): string | null => parseSiweMessage(message).nonce ?? null

export interface SiweProof {
  readonly message: string
  readonly signature: string
}

export interface SiweOptions {
  readonly now: number
  /** Null where no RPC of the EVM chain is set: contract wallets cannot sign in then. */
  readonly askContract: AskContract | null
  readonly checks?: readonly SiweCheck[]
}

/** @throws SignInMessageError · SignInSignatureError · SignInChainError */
export async function verifySiwe(
  { message, signature }: SiweProof,
  challenge: Challenge,
  { now, askContract, checks = Object.keys(SIWE_CHECKS) as SiweCheck[] }: SiweOptions,
): Promise<void> {
  const seen: Seen = { text: message, fields: parseSiweMessage(message), challenge, now }
  const wrong = checks.find((name) => !SIWE_CHECKS[name](seen))
  if (wrong !== undefined) {
    throw new SignInMessageError({
      what: `The signed message’s ${wrong} is not what this gateway asked to be signed.`,
      fix: 'Ask for a new nonce and sign the message that comes with it, unchanged.',
      data: { field: wrong },
    })
  }
  const address = (seen.fields.address ?? challenge.account) as `0x${string}`
  const signedBy = await signerOf(message, signature)
  if (signedBy !== null && signedBy.address === address && signedBy.low) return
  const byContract = signedBy?.address !== address && isHex(signature) && askContract !== null
  if (byContract && (await askContract(address, message, signature))) return
  throw new SignInSignatureError({
    what: `The signature is not ${address}’s.`,
    fix:
      askContract === null
        ? 'Sign with the key of that address; contract wallets need a gateway that has an EVM RPC.'
        : 'Sign with the key or the contract of that address.',
    data: { address },
  })
}

/** Of a plain 65-byte signature; null for everything else. */
async function signerOf(message: string, signature: string): Promise<{ address: string; low: boolean } | null> {
  if (!/^0x[0-9a-fA-F]{128}(1[bcBC]|0[01])$/.test(signature)) return null
  try {
    const address = await recoverAddress({ hash: hashMessage(message), signature: signature as `0x${string}` })
    return { address, low: BigInt(`0x${signature.slice(66, 130)}`) <= HALF_ORDER }
  } catch {
    return null // no point of the curve has that r
  }
}

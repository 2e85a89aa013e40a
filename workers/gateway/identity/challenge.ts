/**
 * What a wallet is asked to sign, bound to origin, chain, account, kind and purpose. The text follows from the challenge,
 * so that nothing of it is taken from the visitor. Sources: EIP-4361, NEP-413.
 */
import { getAddress, isAddress } from 'viem'
import { isValidAccountId } from '../../../chain/lib/accountId.ts'
import { bytesToBase64, bytesToHex, hexToBytes } from '../../../chain/lib/bytes.ts'
import type { GatewayConfig } from '../types.ts'
import { SignInAccountError } from './errors.ts'
import { renderSiwe } from './siweText.ts'

/** Long enough for a hardware wallet, short enough for a stolen proof to be late. */
export const CHALLENGE_MS = 5 * 60_000

export type Kind = 'evm' | 'near'

export interface Challenge {
  /** 32 random bytes, lower-case hex. */
  readonly nonce: string
  readonly kind: Kind
  /** Checksummed EVM address, or NEAR account id. */
  readonly account: string
  /** Who is signed in and wants to link this account; null for signing in. */
  readonly linkTo: string | null
  readonly origin: string
  /** `eip155:1`, or `near:CHAIN/GENESIS`. */
  readonly network: string
  /** ms */
  readonly issuedAt: number
  readonly expiresAt: number
}

export type Place = Pick<GatewayConfig, 'origin' | 'chainId' | 'genesisHash' | 'evm'>

/** @throws SignInAccountError */
export function parseAccount(kind: Kind, text: string): string {
  if (kind === 'near' ? isValidAccountId(text) : isAddress(text, { strict: false })) {
    return kind === 'near' ? text : getAddress(text)
  }
  throw new SignInAccountError({
    what: `${JSON.stringify(text.slice(0, 70))} is no ${kind === 'near' ? 'NEAR account' : 'EVM address'}.`,
    fix: kind === 'near' ? 'Give an account id such as alice.near.' : 'Give 0x and 40 hex digits.',
    data: { field: 'account' },
  })
}

export const userOf = (kind: Kind, account: string): string => `${kind}:${account}`

export const networkOf = (kind: Kind, place: Place): string =>
  kind === 'evm' ? `eip155:${place.evm.chainId}` : `near:${place.chainId}/${place.genesisHash}`

export interface ChallengeWish {
  readonly kind: Kind
  readonly account: string
  readonly linkTo: string | null
}

/** @throws SignInAccountError */
export function makeChallenge(wish: ChallengeWish, place: Place, now: number, nonce: Uint8Array): Challenge {
  return {
    ...wish,
    account: parseAccount(wish.kind, wish.account),
    nonce: bytesToHex(nonce),
    origin: place.origin,
    network: networkOf(wish.kind, place),
    issuedAt: now,
    expiresAt: now + CHALLENGE_MS,
  }
}

/** The sentence that a person reads in the wallet. */
export function statementOf({ account, linkTo }: Challenge): string {
  if (linkTo === null) return 'Sign in to Blyan. This costs nothing and moves nothing.'
  const other = linkTo.slice(linkTo.indexOf(':') + 1)
  const near = linkTo.startsWith('near:') ? other : account
  return `Link ${account} and ${other} on Blyan. Only ${near} signs for the market.`
}

/** The EIP-4361 text, or the `message` of NEP-413. */
export function messageOf(challenge: Challenge): string {
  const { kind, account, origin, network, nonce, issuedAt, expiresAt } = challenge
  if (kind === 'evm') {
    return renderSiwe({
      domain: recipientOf(challenge),
      address: account as `0x${string}`,
      statement: statementOf(challenge),
      uri: origin,
      version: '1',
      chainId: Number(network.slice('eip155:'.length)),
      nonce,
      issuedAt: new Date(issuedAt),
      expirationTime: new Date(expiresAt),
    })
  }
  return [
    statementOf(challenge),
    '',
    `Site: ${origin}`,
    `Account: ${account}`,
    `Network: ${network.slice('near:'.length)}`,
    `Nonce: ${nonce}`,
    `Expires: ${new Date(expiresAt).toISOString()}`,
  ].join('\n')
}

/** EIP-4361's `domain`, NEP-413's `recipient`. */
export const recipientOf = ({ origin }: Pick<Challenge, 'origin'>): string => new URL(origin).host

/** The same 32 bytes as NEP-413 wants them. */
export const nep413NonceOf = ({ nonce }: Pick<Challenge, 'nonce'>): string => bytesToBase64(hexToBytes(nonce))

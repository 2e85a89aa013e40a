/** From a proof to a person: the nonce is used up first, then every word of the proof is held against it. */
import type { z } from 'zod'
import type { loginBody } from '../../../chain/client/gateway/index.ts'
import { BlyanError } from '../../../chain/lib/errors.ts'
import type { GatewayConfig } from '../types.ts'
import type { Audit } from './audit.ts'
import { type Challenge, type ChallengeWish, makeChallenge, networkOf, userOf } from './challenge.ts'
import { NonceError, SignInKeyError } from './errors.ts'
import type { IsFullAccess } from './nearKey.ts'
import { verifyNep413 } from './nep413.ts'
import type { NonceStore } from './nonces.ts'
import { type AskContract, type SiweCheck, siweNonce, verifySiwe } from './siwe.ts'

export type Proof = z.infer<typeof loginBody>

export interface Proved {
  readonly user: string
  /** The NEAR key that signed; null for EVM. */
  readonly publicKey: string | null
}

export interface SignIn {
  /** @throws SignInAccountError · TooManyNoncesError · NonceStoreError */
  challenge(wish: ChallengeWish, address: string): Promise<Challenge>
  /** @param linkTo who is signed in and links; null for signing in  @throws every error of a failed sign-in */
  prove(proof: Proof, linkTo: string | null): Promise<Proved>
}

export interface SignInOptions {
  readonly config: GatewayConfig
  readonly nonces: NonceStore
  readonly audit: Pick<Audit, 'transact'>
  readonly isFullAccess: IsFullAccess
  readonly askContract: AskContract | null
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  /** Fields of EIP-4361 that are compared; all of them unless told. */
  readonly siweChecks?: readonly SiweCheck[]
}

/** Failures written down in one minute; more are counted, so that nobody fills the log. */
const FAILURES_A_MINUTE = 60

export function createSignIn(options: SignInOptions): SignIn {
  const { config, nonces, audit, isFullAccess, askContract, now, random, siweChecks } = options
  const origins = [config.origin, ...config.origins]
  const noteFailure = failureNotes(audit, now)

  const check = async (proof: Proof, challenge: Challenge): Promise<Proved> => {
    const user = userOf(challenge.kind, challenge.account)
    if (proof.kind === 'evm') {
      await verifySiwe(proof, challenge, { now: now(), askContract, checks: siweChecks })
      return { user, publicKey: null }
    }
    verifyNep413(proof, challenge, origins)
    if (!(await isFullAccess(challenge.account, proof.publicKey))) {
      throw new SignInKeyError({
        what: `${proof.publicKey.slice(0, 16)}… is no full-access key of ${challenge.account}.`,
        fix: 'Sign with a full-access key; a key that a dApp was given for calls does not say who you are.',
        data: { account: challenge.account },
      })
    }
    return { user, publicKey: proof.publicKey }
  }

  return {
    async challenge(wish, address) {
      const challenge = makeChallenge(wish, config, now(), random(32))
      await nonces.put(challenge, address)
      return challenge
    },
    async prove(proof, linkTo) {
      const nonce = proof.kind === 'evm' ? siweNonce(proof.message) : proof.nonce
      const challenge = nonce === null ? null : await nonces.take(nonce)
      if (challenge === null || !isFor(challenge, proof.kind, linkTo)) throw unknownNonce()
      try {
        return await check(proof, challenge)
      } catch (error) {
        if (error instanceof BlyanError && error.fault === 'user') await noteFailure(challenge, error)
        throw error
      }
    },
  }

  // Gateways that share a Redis may serve other origins and chains.
  function isFor(challenge: Challenge, kind: Proof['kind'], linkTo: string | null): boolean {
    const { origin, network } = challenge
    return (
      challenge.kind === kind &&
      challenge.linkTo === linkTo &&
      origin === config.origin &&
      network === networkOf(kind, config)
    )
  }
}

const unknownNonce = (): NonceError =>
  new NonceError({
    what: 'That nonce was not given out for this, was used, or is older than five minutes.',
    fix: 'Ask for a new one: POST /api/v1/auth/nonce.',
  })

function failureNotes(audit: Pick<Audit, 'transact'>, now: () => number) {
  let [minute, written, unwritten] = [0, 0, 0]
  return async ({ kind, account, linkTo }: Challenge, error: BlyanError): Promise<void> => {
    const present = Math.floor(now() / 60_000)
    if (present !== minute) [minute, written] = [present, 0]
    if (written >= FAILURES_A_MINUTE) {
      unwritten++
      return
    }
    written++
    const data = { code: error.code, field: String(error.data.field ?? ''), linkTo, unwritten }
    unwritten = 0
    await audit.transact((_tx, write) => write({ event: 'login-failed', user: userOf(kind, account), data }))
  }
}

/**
 * One step of one job: read both chains, and submit what they wait for. Nothing is remembered that a chain can tell, so a
 * step may be repeated at any time, by any number of relayers: a second submission finds the first one's work.
 */

import {
  anchorCall,
  type Collected,
  collectOptions,
  collectSignatures,
  type Departure,
  type Deployment,
  type EvmCall,
  type EvmSide,
  linkCall,
  mintCall,
  type NearCall,
  type NearSide,
  nearRefundCall,
  nearReleaseDelayedCall,
  type PayloadKind,
  refundCall,
  releaseDelayedCall,
  requireSignatures,
  type SignerSet,
  unlockCall,
} from '../../chain/client/bridge/index.ts'
import { BlyanError } from '../../chain/lib/errors.ts'
import { crashPoint } from './crashPoint.ts'
import type { EvmSender } from './evmSender.ts'
import type { Job } from './journal.ts'

/** NEAR transactions in two beats, so that what lies between them can be survived. */
export interface NearSubmitter {
  /** Resolves once the chain has taken it. @returns its hash */
  submit(call: NearCall): Promise<string>
  /** Resolves with the call's own value when all its receipts ran. @throws ContractError */
  settled(txHash: string): Promise<unknown>
}

export interface Carrier {
  deployment: Deployment
  near: NearSide
  evm: EvmSide
  sender: EvmSender
  nearSubmitter: NearSubmitter
  fetch?: typeof fetch
  signal?: AbortSignal
  /** ms between looks at what has not moved. */
  pollMs: number
  /** ms. */
  now: () => number
}

export interface Step {
  state: string
  ended: boolean
  /** ms until it is worth looking again. */
  restMs: number
  note: string | null
  /** Something was submitted. */
  moved: boolean
}

export function advance(job: Job, carrier: Carrier): Promise<Step> {
  switch (job.kind) {
    case 'lock':
      return carryLock(job, carrier)
    case 'burn':
      return carryBurn(job, carrier)
    case 'link':
      return carryLink(job, carrier)
    case 'anchor':
      return carryAnchor(job, carrier)
  }
}

async function carryLock(job: Job, carrier: Carrier): Promise<Step> {
  const { deployment, near, evm } = carrier
  const lock = await near.lock(job.key)
  if (lock === null) return waits(carrier, 'unknown', 'NEAR does not show this lock')
  const arrival = await evm.mint(job.key)
  switch (arrival?.payout) {
    case 'paid':
    case 'credited':
      return ended('minted')
    case 'queued':
      return waits(carrier, 'queued', 'waits for its turn under the hourly limit')
    case 'delayed':
      if ((await evm.now()) < (arrival.readyAt ?? 0))
        return waits(carrier, 'delayed', 'waits until the guardian’s time is over')
      return onEvm(job, carrier, 'delayed', releaseDelayedCall(deployment, job.key))
    case 'vetoed': {
      if (lock.refunded) return ended('refunded')
      if (lock.refunding) return waits(carrier, 'vetoed', 'its refund waits for its turn under the hourly limit')
      const veto = await gather(carrier, 'veto', `near-evm:${job.key}`, await near.signerSet())
      if (!isEnough(veto)) return waits(carrier, 'vetoed', signedText(veto))
      const { payload, signatures } = requireSignatures(veto)
      return onNear(carrier, 'vetoed', nearRefundCall(deployment, payload, signatures))
    }
  }
  if (!lock.final) return waits(carrier, 'locked', 'waits for NEAR to be final')
  const collected = await gather(carrier, 'lock', String(job.key), await evm.signerSet())
  if (!isEnough(collected)) return waits(carrier, 'final', signedText(collected))
  const { payload, signatures } = requireSignatures(collected)
  const differs = difference(lock, payload.amount, `0x${payload.receiver}`)
  if (differs !== null) return waits(carrier, 'final', differs)
  return onEvm(job, carrier, 'signed', mintCall(deployment, payload, signatures))
}

async function carryBurn(job: Job, carrier: Carrier): Promise<Step> {
  const { deployment, near, evm } = carrier
  const burn = await evm.burn(job.key)
  if (burn === null) return waits(carrier, 'unknown', 'EVM does not show this burn')
  const arrival = await near.unlock(job.key)
  switch (arrival?.payout) {
    case 'paid':
      return ended('unlocked')
    case 'credited':
      return ended('credited')
    case 'queued':
      return waits(carrier, 'queued', 'waits for its turn under the hourly limit')
    case 'delayed':
      if (carrier.now() < (arrival.readyAt ?? 0))
        return waits(carrier, 'delayed', 'waits until the guardian’s time is over')
      return onNear(carrier, 'delayed', nearReleaseDelayedCall(deployment, job.key))
    case 'vetoed': {
      if (burn.refunded) return ended('refunded')
      const veto = await gather(carrier, 'veto', `evm-near:${job.key}`, await evm.signerSet())
      if (!isEnough(veto)) return waits(carrier, 'vetoed', signedText(veto))
      const { payload, signatures } = requireSignatures(veto)
      return onEvm(job, carrier, 'vetoed', refundCall(deployment, payload, signatures))
    }
  }
  if (!burn.final) return waits(carrier, 'burned', 'waits for the EVM block to be final')
  const collected = await gather(carrier, 'burn', String(job.key), await near.signerSet())
  if (!isEnough(collected)) return waits(carrier, 'final', signedText(collected))
  const { payload, signatures } = requireSignatures(collected)
  const differs = difference(burn, payload.amount, payload.receiver)
  if (differs !== null) return waits(carrier, 'final', differs)
  return onNear(carrier, 'signed', unlockCall(deployment, payload, signatures))
}

async function carryLink(job: Job, carrier: Carrier): Promise<Step> {
  const { deployment, near, evm } = carrier
  const [link] = await near.links(job.key, 1)
  if (link === undefined) return waits(carrier, 'unknown', 'NEAR does not show this link')
  const known = await evm.linkOf(link.account)
  if (known !== null && known.nonce >= job.key) return ended('linked')
  const collected = await gather(carrier, 'link', String(job.key), await evm.signerSet())
  if (!isEnough(collected)) return waits(carrier, 'final', signedText(collected))
  const { payload, signatures } = requireSignatures(collected)
  return onEvm(job, carrier, 'signed', linkCall(deployment, payload, signatures))
}

async function carryAnchor(job: Job, carrier: Carrier): Promise<Step> {
  const { deployment, evm } = carrier
  if ((await evm.anchored()).size >= job.key) return ended('anchored')
  const collected = await gather(carrier, 'anchor', String(job.key), await evm.signerSet())
  if (!isEnough(collected)) return waits(carrier, 'final', signedText(collected))
  const { payload, signatures } = requireSignatures(collected)
  return onEvm(job, carrier, 'signed', anchorCall(deployment, payload, signatures))
}

const gather = <K extends PayloadKind>(
  carrier: Carrier,
  kind: K,
  key: string,
  active: SignerSet,
): Promise<Collected<K>> => collectSignatures(kind, key, collectOptions(carrier, active))

async function onEvm(job: Job, carrier: Carrier, state: string, call: EvmCall): Promise<Step> {
  const { sender } = carrier
  const name = `${job.kind}:${job.key}`
  if (sender.isBusy(name)) return waits(carrier, state, 'its EVM transaction is on the way')
  if (sender.isFull()) return waits(carrier, state, 'other EVM transactions are on the way')
  await sender.submit(name, call)
  return { state, ended: false, restMs: carrier.pollMs, note: 'its EVM transaction is on the way', moved: true }
}

async function onNear(carrier: Carrier, state: string, call: NearCall): Promise<Step> {
  const { near, nearSubmitter } = carrier
  // NEAR charges for a refusal, so what it would refuse for days is not tried.
  if ((await near.limits()).pausedUntil !== null) return waits(carrier, state, 'waits for the end of the pause on NEAR')
  crashPoint('before-submit')
  const txHash = await nearSubmitter.submit(call)
  crashPoint('after-submit')
  await nearSubmitter.settled(txHash)
  crashPoint('after-inclusion')
  crashPoint('before-record')
  return { state, ended: false, restMs: 0, note: null, moved: true }
}

const isEnough = ({ signatures, need }: Collected): boolean => signatures.length >= need

const signedText = ({ signatures, need, of, conflict }: Collected): string =>
  `${signatures.length} of ${need} needed signers have signed, of ${of}${conflict ? '; they disagree on its content' : ''}`

/** k signers that say otherwise than this relayer's own chain are no reason to spend its gas, but one to look. */
function difference({ amount, receiver }: Departure, signedAmount: string, signedReceiver: string): string | null {
  const same = String(amount) === signedAmount && receiver.toLowerCase() === signedReceiver.toLowerCase()
  return same ? null : 'signers signed another amount or receiver than the chain shows'
}

const ended = (state: string): Step => ({ state, ended: true, restMs: 0, note: null, moved: false })
const waits = ({ pollMs }: Carrier, state: string, note: string): Step => ({
  state,
  ended: false,
  restMs: pollMs,
  note,
  moved: false,
})

/** What a failed step says to people. */
export const noteOf = (error: unknown): string =>
  error instanceof BlyanError ? `${error.code}: ${error.what}` : error instanceof Error ? error.message : String(error)

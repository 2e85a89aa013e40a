/** The signer's work, round by round: follow both chains, take approvals, confirm anchors, sign; or halt and stay so. */
import type { SignerStatus } from '../../chain/client/bridge/signerApi.ts'
import { SIGNER_SCHEMA } from '../../chain/client/bridge/signerApi.ts'
import type { HashHex } from '../../chain/client/protocol.ts'
import { BlyanError } from '../../chain/lib/errors.ts'
import { endApproval, readApprovals } from './approvals.ts'
import type { NearReader } from './chains/nearReader.ts'
import type { ChainReader } from './chains/reader.ts'
import {
  ChainBehindError,
  FinalityBrokenError,
  JournalForgedError,
  OtherChainError,
  SignerJournalError,
  SourceVanishedError,
} from './errors.ts'
import { type FollowParts, followChain, rewindToUnsigned, take } from './follow.ts'
import type { Journal } from './journal.ts'
import type { SigningKey } from './key/signingKey.ts'
import type { SignerMetrics } from './metrics.ts'
import type { VestedReceipts } from './receipts/vestedReceipts.ts'
import { reopenRotations } from './rotations.ts'
import { signOpen } from './signOpen.ts'
import { contentText, keyOf } from './typedPayload.ts'
import type { ChainName, Heads, Log, Now } from './types.ts'

export interface RoundParts {
  dir: string
  journal: Journal
  key: SigningKey
  near: NearReader
  evm: ChainReader
  receipts: VestedReceipts
  metrics: SignerMetrics
  log: Log
  now: Now
  /** Of the bridge's EIP-712 domain. */
  separator: HashHex
  isOneRpc: boolean
}

export interface Rounds {
  /** One round; failures that pass are told and end it early. @throws OtherChainError, SignerJournalError: nothing to wait for */
  round(): Promise<void>
  status(): SignerStatus
}

/** After which an operator has to look. */
const HALTING = [SourceVanishedError, FinalityBrokenError, JournalForgedError] as const
/** Which end the process. */
const ENDING = [OtherChainError, SignerJournalError] as const

export function signerRounds(parts: RoundParts): Rounds {
  const { journal, near, evm, receipts, metrics, log, now } = parts
  const identified = new Set<ChainName>()
  const heads: Partial<Record<ChainName, Heads>> = {}
  const epochs: Partial<Record<ChainName, string>> = {}
  /** Hash of the final block up to which a chain was followed. */
  const followed: Partial<Record<ChainName, string>> = {}
  let isDirty = true
  let lastSeenAt = 0

  const refuse: FollowParts['refuse'] = (error) => {
    metrics.refused(error.code)
    log.error('never signed', { alarm: true, code: error.code, why: error.what, ...error.data })
  }
  const follow = { journal, receipts, refuse }

  const halt = ({ code, what, data }: BlyanError): void => {
    journal.halt({ code, what, at: now() })
    log.error('halted', { alarm: true, code, why: what, ...data })
  }
  /** Failures that pass are told; others halt or end the process. */
  const settle = (error: unknown): void => {
    if (ENDING.some((kind) => error instanceof kind)) throw error
    const failure = error instanceof BlyanError ? error : null
    metrics.failed(failure?.code ?? 'UNFORESEEN')
    // What it will check is not known of a chain that may be another one: nothing more is signed for it until it is read again.
    if (error instanceof ChainBehindError) forget(error.data.chain as ChainName)
    if (failure !== null && HALTING.some((kind) => failure instanceof kind)) halt(failure)
    else log.warn('the round ends early', { code: failure?.code, why: failure?.what ?? String(error) })
  }

  const forget = (chain: ChainName): void => {
    delete epochs[chain]
    delete followed[chain]
  }

  const read = async (reader: ChainReader): Promise<void> => {
    if (!identified.has(reader.name)) await reader.identify()
    identified.add(reader.name)
    const found = await reader.heads()
    const { height, hash } = found.final
    heads[reader.name] = found
    // No newer block: nothing can have changed, and views on NEAR cost the node a contract's start each.
    if (hash === followed[reader.name]) return
    const isNew = await followChain(reader, found, follow)
    const epoch = await reader.activeEpoch(found.final)
    isDirty ||= isNew || epoch !== epochs[reader.name]
    epochs[reader.name] = epoch
    followed[reader.name] = hash
    metrics.read(reader.name, height)
  }

  /** Of each approval in the folder: taken in, or left aside once signed. */
  const takeApprovals = (): void => {
    for (const { file, observation } of readApprovals(parts.dir, refuse)) {
      const { kind, content } = observation
      const item = journal.find(kind, keyOf(kind, content))
      if (item !== null && contentText(kind, item.payload) === contentText(kind, content)) endApproval(file, 'signed')
      else {
        let wasRefused = false
        const tell: FollowParts['refuse'] = (error) => {
          wasRefused = true
          refuse(error)
        }
        take(observation, { ...follow, refuse: tell })
        if (wasRefused) endApproval(file, 'refused')
        else isDirty = true
      }
    }
  }

  /** Only new final blocks change what becomes of a rotation. */
  let lookedAt = ''
  const lookAtRotations = async (): Promise<void> => {
    const at = `${followed.near} ${followed.evm}`
    if (at === lookedAt) return
    const both = { heads: heads as Record<ChainName, Heads>, epochs: epochs as Record<ChainName, string> }
    await reopenRotations({ journal, near, evm, ...both, separator: parts.separator, tell: log.info })
    lookedAt = at
  }

  const confirmAnchors = async (): Promise<void> => {
    if (!receipts.isWaiting()) return
    for (const observation of receipts.confirmed(await near.receiptRoot(heads.near!.final), refuse)) {
      const size = String(observation.content.size)
      if (journal.find('anchor', size) !== null) receipts.done(Number(size))
      else {
        take(observation, follow)
        isDirty = true
      }
    }
  }

  rewindToUnsigned(journal)
  return {
    async round() {
      if (journal.halted() !== null) return
      const results = await Promise.allSettled([read(near), read(evm)])
      for (const result of results) if (result.status === 'rejected') settle(result.reason)
      if (journal.halted() !== null) return
      const isWhole = results.every(({ status }) => status === 'fulfilled')
      try {
        if (isWhole) await lookAtRotations()
        takeApprovals()
        if (isWhole) await confirmAnchors()
        if (isDirty) {
          const isDone = await signOpen({
            journal,
            key: parts.key,
            epochs,
            isUsed: (chain, { kind, content }) => (chain === 'near' ? near : evm).isUsed(kind, content),
            signed: ({ kind, content }, epoch) => {
              metrics.signed(kind)
              log.info('signed', { kind, key: keyOf(kind, content), epoch })
            },
          })
          isDirty = !isDone
        }
      } catch (error) {
        settle(error)
        return
      }
      if (isWhole) lastSeenAt = now()
    },

    status: () => ({
      schema: SIGNER_SCHEMA,
      address: parts.key.address,
      epoch: epochs.evm ?? '0',
      near: { head: heads.near?.head ?? 0, final: journal.cursor('near')?.height ?? 0 },
      evm: { head: heads.evm?.head ?? 0, final: journal.cursor('evm')?.height ?? 0 },
      halted: journal.halted(),
      lastSeenAt,
      oneRpc: parts.isOneRpc,
    }),
  }
}

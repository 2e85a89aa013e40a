/** `blyan bridge carry`: takes the signatures from the signers and submits them, without any relayer. */
import { setTimeout as delay } from 'node:timers/promises'
import { privateKeyToAccount } from 'viem/accounts'
import {
  collectOptions,
  collectSignatures,
  type EvmSide,
  nearPauseWithCall,
  nearRotateCall,
  type Payloads,
  parseTransferId,
  pauseWithCall,
  rotateCall,
  type SignerSet,
  sendNear,
} from '../../../chain/client/bridge/index.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'
import { advance, type Carrier, type Step } from '../../../oracle/relayer/carry.ts'
import { createEvmSender } from '../../../oracle/relayer/evmSender.ts'
import { type JobKind, openRelayerJournal } from '../../../oracle/relayer/journal.ts'
import { nearSubmitter } from '../../../oracle/relayer/nearSubmitter.ts'
import { FEE_CAP_WEI } from '../../../oracle/relayer/start.ts'
import { viemNode } from '../../../oracle/relayer/viemNode.ts'
import { readDeployment } from '../../bridge/readDeployment.ts'
import { parseArgs } from '../args.ts'
import { confirm } from '../ask.ts'
import { EXIT, UsageError } from '../errors.ts'
import { print } from './follow.ts'
import { BRIDGE_FLAGS, type BridgeSession, openBridgeSession } from './session.ts'

/** What is asked for is not signed by enough signers. */
export class CarryWaitsError extends BlyanError {
  static override readonly code: string = 'BRIDGE_CARRY_WAITS'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}

const SPEC = {
  command: 'bridge carry',
  sentence: 'Takes the signatures from the signers and submits them yourself: no relayer is needed.',
  positionals: [
    { name: 'ID', help: 'near-evm:N, evm-near:N, link:N, anchor:SIZE, rotate:N, pause:near-evm:N', required: true },
  ],
  flags: {
    ...BRIDGE_FLAGS,
    yes: { type: 'boolean', help: 'sign without a question' },
    next: { type: 'string', value: 'FILE', help: 'rotate: bridge.json of the next signers, to ask them too' },
    patience: { type: 'integer', value: 'S', help: 'wait so long for signers', default: '60', min: 0 },
  },
} as const

const POLL_MS = 500

export async function carry(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const session = openBridgeSession(flags)
  const id = positionals[0]!
  await confirm(`Submit ${id} and pay its gas?`, { yes: flags.yes })
  const [kind, ...rest] = id.split(':')
  if (kind === 'rotate' || kind === 'pause') {
    const txs =
      kind === 'rotate'
        ? await carryRotation(session, rest.join(':'), flags.next)
        : await carryPause(session, rest.join(':'))
    if (flags.json) print({ type: 'done', at: Date.now(), id, ...txs })
    else process.stdout.write(`${id} is in force${kind === 'rotate' ? ' on both chains from its stated time' : ''}.\n`)
    return EXIT.done
  }
  const state = await carryJob(session, jobOf(id), flags.patience * 1000)
  if (flags.json) print({ type: 'done', at: Date.now(), id, state })
  else process.stdout.write(`${id}: ${state}.\n`)
  return EXIT.done
}

/** One job as a relayer would do it, with the user's own keys and nothing on disk. */
export async function carryJob(
  session: BridgeSession,
  { kind, key }: { kind: JobKind; key: bigint },
  patienceMs: number,
): Promise<string> {
  const journal = openRelayerJournal(':memory:')
  const { deployment, reader, near, evm, client } = session
  const needsEvm = kind !== 'burn'
  const evmKey = session.evmKey ?? (needsEvm ? session.wallet() && null : null)
  const sender = createEvmSender({
    node: viemNode(reader),
    account: privateKeyToAccount(evmKey?.privateKey ?? UNUSED_KEY),
    chainId: deployment.evm.chainId,
    journal,
    now: Date.now,
    feeCapWei: FEE_CAP_WEI,
    stuckMs: 60_000,
  })
  if (!needsEvm) session.nearAccount()
  const carrier: Carrier = {
    ...{ deployment, near, evm, sender },
    nearSubmitter: nearSubmitter(client),
    pollMs: POLL_MS,
    now: Date.now,
  }
  journal.add(kind, [key], Date.now())
  const startedAt = Date.now()
  try {
    for (;;) {
      await sender.step()
      const job = journal.get(kind, key)!
      const step = await advance(job, carrier)
      if (step.ended || RESTS.has(step.state)) return step.state
      if (!step.moved && Date.now() - startedAt > patienceMs) throw waits(kind, key, step)
      if (step.restMs > 0) await delay(step.restMs)
    }
  } finally {
    journal.close()
  }
}

/** States in which only time helps: the carrier has done its part. */
const RESTS = new Set(['delayed', 'queued'])
/** Stands in where no EVM transaction is sent at all. */
const UNUSED_KEY = `0x${'11'.repeat(32)}` as const

/** Both lists over one digest: k of the signers now, and all of the next ones. A chain that has the epoch is left alone. */
async function carryRotation(
  session: BridgeSession,
  key: string,
  next: string | undefined,
): Promise<{ txNear: string | null; txEvm: string | null }> {
  const { deployment, transfers, near, evm, client } = session
  const epoch = parseEpoch(key)
  const [onNear, onEvm] = await Promise.all([lacks(near, epoch), lacks(evm, epoch)])
  const anyActive = onEvm ?? onNear
  if (anyActive === null) {
    throw new UsageError({
      what: `Both chains have rotation ${key} already.`,
      fix: 'Nothing is left to do: it begins at the time that the rotation states.',
      data: { field: 'ID' },
    })
  }
  const options = collectOptions(transfers, anyActive)
  const coming = next === undefined ? [] : readDeployment(next).signers.map(({ url }) => url)
  const urls = [...new Set([...options.urls, ...coming])]
  const { payload, signatures } = await collectSignatures('rotate', key, { ...options, urls })
  const listsFor = (active: SignerSet | null) => {
    if (active === null) return null
    if (payload === null) throw missing('rotate', key, 0, active)
    const { old, all } = splitRotation(payload, signatures, active)
    if (old.length >= active.k && all.length >= payload.signers.length) return [payload, old, all] as const
    throw missing('rotate', key, signatures.length, active)
  }
  const [forNear, forEvm] = [listsFor(onNear), listsFor(onEvm)]
  if (forNear !== null) session.nearAccount()
  const sent = forEvm && (await session.wallet().send(rotateCall(deployment, ...forEvm)))
  const done = forNear && (await sendNear(client, nearRotateCall(deployment, ...forNear)))
  return { txNear: done?.txHash ?? null, txEvm: sent?.transactionHash ?? null }
}

/** Who signs on a chain that lacks the epoch; null where it is scheduled or has begun. */
const lacks = async (side: Pick<EvmSide, 'latestEpoch' | 'signerSet'>, epoch: bigint): Promise<SignerSet | null> =>
  (await side.latestEpoch()) >= epoch ? null : side.signerSet()

function parseEpoch(text: string): bigint {
  if (/^[1-9]\d{0,18}$/.test(text)) return BigInt(text)
  throw new UsageError({
    what: `${JSON.stringify(text.slice(0, 40))} is no number of a rotation.`,
    fix: 'Write rotate:N, with N as `./blyan bridge propose rotate` printed it.',
    data: { field: 'ID' },
  })
}

export function splitRotation(
  { signers }: Payloads['rotate'],
  signatures: readonly { address: string; signature: string }[],
  active: SignerSet,
): { old: string[]; all: string[] } {
  const by = (addresses: readonly string[]): string[] =>
    signatures.filter(({ address }) => addresses.includes(address)).map(({ signature }) => signature)
  return { old: by(active.signers).slice(0, active.k), all: by(signers) }
}

async function carryPause(session: BridgeSession, key: string): Promise<{ tx: string }> {
  const { direction } = parseTransferId(key)
  const active = await (direction === 'near-evm' ? session.evm : session.near).signerSet()
  const { payload, signatures } = await collectSignatures('pause', key, collectOptions(session.transfers, active))
  if (payload === null || signatures.length < active.k) throw missing('pause', key, signatures.length, active)
  const list = signatures.slice(0, active.k).map(({ signature }) => signature)
  if (direction === 'near-evm') {
    return { tx: (await session.wallet().send(pauseWithCall(session.deployment, payload, list))).transactionHash }
  }
  session.nearAccount()
  return { tx: (await sendNear(session.client, nearPauseWithCall(session.deployment, payload, list))).txHash }
}

function jobOf(id: string): { kind: JobKind; key: bigint } {
  const [, kind, key] = /^(link|anchor):(0|[1-9]\d{0,19})$/.exec(id) ?? []
  if (kind !== undefined) return { kind: kind as JobKind, key: BigInt(key!) }
  const { direction, nonce } = parseTransferId(id)
  return { kind: direction === 'near-evm' ? 'lock' : 'burn', key: nonce }
}

const waits = (kind: JobKind, key: bigint, { note }: Step): CarryWaitsError =>
  new CarryWaitsError({
    what: `${kind} ${key}: ${note ?? 'nothing to submit yet'}.`,
    fix: 'Try again later; signatures stay good, nothing is lost.',
    data: { kind, key },
  })

const missing = (kind: string, key: string, have: number, { k, signers }: SignerSet): UsageError =>
  new UsageError({
    what: `${have} signers have signed ${kind} ${key}; ${k} of ${signers.length} are needed, and all new ones for a rotation.`,
    fix: 'Have the missing operators approve it: ./blyan signer approve FILE',
    data: { field: 'ID' },
  })

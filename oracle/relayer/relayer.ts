/** The relayer: discovers, carries, looks after its EVM transactions, and tells how it stands. Anyone may run one; it holds gas money alone. */
import {
  type EvmCall,
  isEnded,
  nearReleaseCall,
  releaseCall,
  TRANSFER_STATES,
  type TransferState,
} from '../../chain/client/bridge/index.ts'
import { ContractError } from '../../chain/client/near/index.ts'
import { advance, type Carrier, noteOf } from './carry.ts'
import { discover } from './discover.ts'
import type { Job, RelayerJournal } from './journal.ts'
import { type Backing, readBacking, type SignerSeen, watchSigners } from './watch.ts'

export interface RelayerOptions extends Carrier {
  journal: RelayerJournal
  log: (level: 'info' | 'warn', what: string, data: Record<string, unknown>) => void
  /** Longest rest after failures, ms. */
  maxRestMs?: number
  /** Whether a release would pay somebody now: tells without a transaction. */
  wouldRelease: (call: EvmCall) => Promise<boolean>
}

export interface RelayerView {
  jobs: readonly Job[]
  signers: readonly SignerSeen[]
  backing: Backing | null
  /** How many signers the EVM side asks for; 0 until it was read. */
  needed: number
  /** Age of the oldest transfer that waits for somebody other than time, seconds. */
  queueAgeSeconds: number
  sent: number
  /** Why the last round was cut short. */
  trouble: string | null
}

export interface Relayer {
  /** One round over everything. Never throws for what chains or signers do: it is told in the view. */
  tick(): Promise<void>
  view(): RelayerView
  /** Ticks until the signal ends it. */
  run(signal: AbortSignal): Promise<void>
}

const MAX_REST_MS = 60_000
/** How many transfers one release pays at most. */
const RELEASE = 8
/** Ended jobs that the status shows. */
const RECENT = 200
/** Jobs that are looked at side by side. */
const LANES = 8
/** Signers and sums are looked at no more often, ms. */
const WATCH_MS = 2_000

export function createRelayer(options: RelayerOptions): Relayer {
  const { journal, now, log, sender, pollMs, maxRestMs = MAX_REST_MS } = options
  let signers: SignerSeen[] = []
  let backing: Backing | null = null
  let needed = 0
  let watchedAt = Number.NEGATIVE_INFINITY
  let trouble: string | null = null
  let nearRelease = { at: 0, restMs: 0 }

  async function carry(job: Job): Promise<void> {
    try {
      const step = await advance(job, options)
      const endedAt = step.ended ? now() : null
      if (step.state !== job.state) log('info', 'moved', { job: `${job.kind}:${job.key}`, state: step.state })
      const next = { ...job, state: step.state, note: step.note, attempts: 0, endedAt, nextAt: now() + step.restMs }
      journal.update(next)
    } catch (error) {
      options.signal?.throwIfAborted()
      const attempts = job.attempts + 1
      // A contract's refusal cost gas and will hardly change; anything else may be over at the next try.
      const most = error instanceof ContractError ? 10 * maxRestMs : maxRestMs
      const restMs = Math.min(most, pollMs * 2 ** Math.min(attempts, 16))
      journal.update({ ...job, attempts, nextAt: now() + restMs, note: noteOf(error) })
      log('warn', 'will try again', { job: `${job.kind}:${job.key}`, attempts, restMs, why: noteOf(error) })
    }
  }

  /** The queue is first come, first served for all: whoever has gas moves its head. */
  async function release(): Promise<void> {
    const { deployment, near, evm, nearSubmitter, wouldRelease } = options
    const call = releaseCall(deployment, BigInt(RELEASE))
    const name = 'release:evm'
    if ((await evm.limits()).queueLength > 0n && !sender.isBusy(name) && (await wouldRelease(call))) {
      await sender.submit(name, call)
    }
    if (now() < nearRelease.at) return
    const { queueLength, pausedUntil } = await near.limits()
    if (queueLength === 0n || pausedUntil !== null) return
    const paid = await nearSubmitter.settled(await nearSubmitter.submit(nearReleaseCall(deployment, RELEASE)))
    // NEAR cannot be asked beforehand whether the head fits; trying in vain costs gas, so ever more seldom.
    const restMs = Number(paid) > 0 ? 0 : Math.min(maxRestMs, Math.max(pollMs, nearRelease.restMs * 2))
    nearRelease = { at: now() + restMs, restMs }
  }

  async function guarded(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      options.signal?.throwIfAborted()
      trouble = `${what}: ${noteOf(error)}`
      log('warn', what, { why: noteOf(error) })
    }
  }

  async function tick(): Promise<void> {
    trouble = null
    await guarded('looking after EVM transactions', async () => {
      for (const { job, outcome } of await sender.step()) {
        log('info', 'EVM transaction ended', { job, outcome })
        wake(job)
      }
    })
    await guarded('looking for work', () => discover(options, journal, now()))
    const due = journal.open().filter(({ nextAt }) => nextAt <= now())
    const lanes = Array.from({ length: LANES }, async () => {
      for (let job = due.shift(); job !== undefined; job = due.shift()) await carry(job)
    })
    await Promise.all(lanes)
    await guarded('releasing the queue', release)
    if (now() - watchedAt < WATCH_MS) return
    watchedAt = now()
    await guarded('watching', async () => {
      signers = await watchSigners(options.deployment, signers, options)
      needed = (await options.evm.signerSet()).k
      backing = await readBacking(options)
      if (backing.excessAtto > 0n) log('warn', 'more is minted than locked', { excessAtto: `${backing.excessAtto}` })
    })
  }

  /** A mined transaction is worth a look at once. */
  function wake(name: string): void {
    const [kind, key] = name.split(':')
    if (kind === 'release') return
    const job = journal.get(kind as Job['kind'], BigInt(key!))
    if (job !== null && job.endedAt === null) journal.update({ ...job, nextAt: 0 })
  }

  return {
    tick,
    view: () => ({
      jobs: recentJobs(journal),
      signers,
      backing,
      needed,
      queueAgeSeconds: queueAge(journal.open(), now()),
      sent: journal.sentCount(),
      trouble,
    }),
    async run(signal) {
      while (!signal.aborted) {
        await tick().catch((error) => {
          if (!signal.aborted) throw error
        })
        await rest(pollMs, signal)
      }
    },
  }
}

/** All that is open, and the newest of what has ended. */
const recentJobs = (journal: RelayerJournal): Job[] => [
  ...journal.open(),
  ...journal.list(RECENT).filter(({ endedAt }) => endedAt !== null),
]

/** Delays and credits wait for time or their owner; everything else waits for us. */
export function queueAge(open: readonly Job[], now: number): number {
  const waiting = open.filter(({ kind, state }) => (kind === 'lock' || kind === 'burn') && !isIdle(state))
  return waiting.length === 0 ? 0 : (now - Math.min(...waiting.map(({ firstSeenAt }) => firstSeenAt))) / 1000
}

const isIdle = (state: string): boolean =>
  state === 'delayed' || ((TRANSFER_STATES as readonly string[]).includes(state) && isEnded(state as TransferState))

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}

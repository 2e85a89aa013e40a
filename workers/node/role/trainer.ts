/** A trainer's duties in a round: accept, train and commit, reveal, publish, answer. */
import { join } from 'node:path'
import { type Components, submissionCommitment } from '../../../chain/client/protocol.ts'
import {
  boundaryProof,
  componentsOf,
  documentBytes,
  freshState,
  middleProof,
  publishStates,
  rootsOf,
  type State,
  type Transcript,
  type Work,
} from '../../proof/index.ts'
import { JournalError } from '../errors.ts'
import { faultPoint } from '../fault.ts'
import { type Case, type Operator, roundKey } from '../operator.ts'
import { openRoundStore, type RoundStore } from '../roundStore.ts'
import { sha256 } from '../taskContext.ts'
import type { TrainerView } from '../views.ts'

/** What a trainer must remember of a round, written down before it commits. */
interface Handed {
  readonly base: string
  readonly delta: string
  readonly chunkRoot: string
  readonly boundaryRoot: string
  readonly middleRoot: string
  readonly root: string
  readonly final: Components
  readonly start: Components
  readonly startProof: string[]
  readonly transcript: Transcript
}

/** Takes the seat once everything that the round needs is on this machine. */
export async function acceptSeat(operator: Operator, { task, round, context }: Case): Promise<void> {
  await context.base(round.round)
  await operator.call('accept', { task_id: task.id, round: round.round })
}

/** Trains the round, writes the result down, then commits to it. */
export async function trainAndCommit(operator: Operator, at: Case): Promise<void> {
  const { task, round, context } = at
  const me = seatOf(operator, at)
  const handed = operator.journal.get<Handed>(`handed/${roundKey(at)}`) ?? (await train(operator, at, me))
  const commitment = submissionCommitment(sha256, {
    task: task.id,
    round: round.round,
    base: handed.base,
    account: operator.account,
    delta: handed.delta,
    chunkRoot: handed.chunkRoot,
    transcriptRoot: handed.root,
    salt: operator.journal.salt(`submission/${roundKey(at)}`),
  })
  await operator.call('commit', { task_id: task.id, round: round.round, commitment })
  faultPoint('worker.committed')
  operator.log('handed in', { task: context.task, round: round.round, delta: handed.delta })
}

async function train(operator: Operator, at: Case, me: TrainerView): Promise<Handed> {
  const { task, round, context } = at
  const { document } = context
  const base = await context.base(round.round)
  const store = roundStore(operator, at)
  const start = await startState(operator, at, me, base.parameters)
  const work: Work = {
    steps: document.train.steps,
    segments: document.segments,
    run: async (state, from, count) =>
      (await operator.compute.run({ task: task.id, round: round.round, seed: me.batch_seed!, state, from, count }))
        .state,
    encode: operator.strategy.encode(context.encode),
    cidOf: (bytes) => operator.store.add(bytes),
  }
  const resume = await store.resume()
  if (resume) operator.log('resumes', { segment: resume.middles.length, of: document.segments })
  const { transcript, codec } = await operator.strategy.runRound(sha256, work, {
    base: base.parameters,
    start,
    resume: resume ?? undefined,
    keep: async (index, state, components, middle) => {
      await store.keep(index, state, components, middle)
      if (index === Math.ceil(document.segments / 2)) faultPoint('worker.mid-training')
    },
    onProgress: ({ segment, segments }) =>
      operator.log('trained', {
        task: task.id,
        round: round.round,
        step: Math.floor((segment * work.steps) / segments),
        of: work.steps,
      }),
    signal: operator.signal,
  })
  store.keepResidual('start', start.residual)
  store.keepResidual('final', codec.residual)
  const roots = rootsOf(sha256, transcript)
  const handed: Handed = {
    base: base.hash,
    delta: codec.delta,
    chunkRoot: codec.chunkRoot,
    boundaryRoot: roots.boundaryRoot,
    middleRoot: roots.middleRoot,
    root: roots.root,
    final: codec.final,
    start: transcript.boundaries[0],
    startProof: boundaryProof(sha256, transcript, 0),
    transcript,
  }
  operator.journal.put(`handed/${roundKey(at)}`, handed)
  return handed
}

/** Opens what was committed. */
export async function revealWork(operator: Operator, at: Case): Promise<void> {
  const handed = handedIn(operator, at)
  await operator.call('reveal', {
    task_id: at.task.id,
    round: at.round.round,
    base: handed.base,
    delta: handed.delta,
    chunk_root: handed.chunkRoot,
    boundary_root: handed.boundaryRoot,
    middle_root: handed.middleRoot,
    final: handed.final,
    start: handed.start,
    start_proof: handed.startProof,
    salt: operator.journal.salt(`submission/${roundKey(at)}`),
  })
}

/** Serves the drawn samples' start states and names them on chain. */
export async function publishDrawn(operator: Operator, at: Case): Promise<void> {
  const me = seatOf(operator, at)
  const handed = handedIn(operator, at)
  const store = roundStore(operator, at)
  const states = new Set<string>()
  const manifest = await publishStates(sha256, {
    task: at.task.id,
    round: at.round.round,
    account: operator.account,
    transcript: handed.transcript,
    leaves: drawnLeaves(at, me.index),
    residual: store.residual('start'),
    stateAt: store.stateAt,
    put: async (bytes) => {
      const cid = await operator.store.add(bytes)
      states.add(cid)
      return cid
    },
  })
  operator.journal.put(`states/${roundKey(at)}`, [...states])
  const cid = await operator.store.add(documentBytes(manifest))
  await operator.call('publish', { task_id: at.task.id, round: at.round.round, manifest: cid })
  store.trim()
}

/** Opens the drawn samples' check values, except of a leaf that a jury has still to recompute. */
export async function answerMiddles(operator: Operator, at: Case): Promise<void> {
  const { transcript } = handedIn(operator, at)
  const middles = (seatOf(operator, at).answer ?? []).map((leaf) => ({
    leaf,
    hash: transcript.middles[leaf],
    proof: middleProof(sha256, transcript, leaf),
  }))
  await operator.call('answer', { task_id: at.task.id, round: at.round.round, middles })
}

/** Drops what no one can ask for once a task's pay is free: kept states, published ones, and what was noted of them. */
export async function dropRounds({ journal, store, dir }: Operator, task: string): Promise<void> {
  for (const key of journal.keys(`handed/${task}/`)) {
    openRoundStore(roundDir(dir, task, Number(key.split('/')[2])), NO_SHAPE).drop()
  }
  await store.unpin(journal.keys(`states/${task}/`).flatMap((key) => journal.get<string[]>(key) ?? []))
  for (const kind of ['handed', 'states', 'verdicts']) journal.remove(`${kind}/${task}/`)
}

const NO_SHAPE = { parameters: 0, m: 0, v: 0, counters: 0, residual: 0 }

function seatOf(operator: Operator, { round }: Case): TrainerView {
  return round.trainers.find((each) => each.account === operator.account)!
}

function handedIn(operator: Operator, at: Case): Handed {
  const handed = operator.journal.get<Handed>(`handed/${roundKey(at)}`)
  if (handed === null) {
    throw new JournalError({
      what: `The journal does not know what was handed in for ${roundKey(at)}.`,
      fix: 'Start this daemon on the folder in which it trained.',
    })
  }
  return handed
}

/** Segments of submission `index` that any validator drew, ascending. */
function drawnLeaves({ round }: Case, index: number): number[] {
  const leaves = round.validators.flatMap((validator) => validator.leaves[index] ?? [])
  return [...new Set(leaves)].sort((a, b) => a - b)
}

/** The merge, and what this worker carried out of its last merged round: the contract names it, so nothing is free. */
async function startState(operator: Operator, at: Case, me: TrainerView, parameters: Float32Array): Promise<State> {
  const { shape, document } = at.context
  if (me.last_final === null) return freshState(parameters, shape)
  const { round, components } = me.last_final
  const before = openRoundStore(roundDir(operator.dir, at.task.id, round), shape)
  const { m, v, counters } = await before.stateAt(document.segments)
  const state: State = { parameters, m, v, counters, residual: before.residual('final') }
  const mine = componentsOf(sha256, state)
  if (mine.m !== components.m || mine.v !== components.v || mine.residual !== components.residual) {
    throw new JournalError({
      what: `The state kept from round ${round + 1} is not the one handed in.`,
      fix: 'Its folder was changed or restored from an older copy; this seat cannot work on this task any more.',
      data: { task: at.task.id, round },
    })
  }
  return state
}

function roundStore(operator: Operator, { task, round, context }: Case): RoundStore {
  return openRoundStore(roundDir(operator.dir, task.id, round.round), context.shape)
}

function roundDir(dir: string, task: string, round: number): string {
  return join(dir, 'rounds', `${task}-${round}`)
}

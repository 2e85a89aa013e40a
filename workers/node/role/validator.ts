/** A validator's duties in a round: audit every submission, commit to the findings, open them. */
import type { VerdictRevealArgs } from '../../../chain/client/near/market.gen.ts'
import { verdictCommitment } from '../../../chain/client/protocol.ts'
import { openHeldOut } from '../../data/index.ts'
import { type AuditContext, type Finding, factsOf, gainsOf } from '../../proof/index.ts'
import { faultPoint } from '../fault.ts'
import { type Case, type Operator, roundKey } from '../operator.ts'
import { sha256 } from '../taskContext.ts'
import type { RoundView, TrainerView } from '../views.ts'

/** One verdict as `verdict_reveal` takes it. */
type Reported = VerdictRevealArgs['verdicts'][number]

/** Audits, writes the findings down, then commits to them. */
export async function auditAndCommit(operator: Operator, at: Case): Promise<void> {
  const key = `verdicts/${roundKey(at)}`
  let verdicts = operator.journal.get<Reported[]>(key)
  if (verdicts === null) {
    verdicts = await audit(operator, at)
    operator.journal.put(key, verdicts)
  }
  const commitment = verdictCommitment(sha256, {
    task: at.task.id,
    round: at.round.round,
    account: operator.account,
    verdicts,
    salt: operator.journal.salt(key),
  })
  await operator.call('verdict_commit', { task_id: at.task.id, round: at.round.round, commitment })
  faultPoint('worker.verdict-committed')
}

export async function revealVerdicts(operator: Operator, at: Case): Promise<void> {
  const key = `verdicts/${roundKey(at)}`
  const verdicts = operator.journal.get<Reported[]>(key) ?? []
  await operator.call('verdict_reveal', {
    task_id: at.task.id,
    round: at.round.round,
    verdicts,
    salt: operator.journal.salt(key),
  })
}

/** Submissions that a validator must judge: those revealed, in seat order. */
export const submissionsOf = (round: RoundView): TrainerView[] => round.trainers.filter((each) => each.delta !== null)

/** Everything that redoing work of `trainer` takes on this machine. */
export async function auditContext(operator: Operator, at: Case, trainer: TrainerView): Promise<AuditContext> {
  const { task, round, context } = at
  const { document, shape } = context
  const base = await context.base(round.round)
  return {
    hash: sha256,
    shape,
    base: base.parameters,
    fetch: (cid, maxBytes) => context.fetch(cid, maxBytes, [trainer.account]),
    maxDeltaBytes: context.maxDeltaBytes,
    signal: operator.signal,
    work: {
      steps: document.train.steps,
      segments: document.segments,
      run: async (state, from, count) =>
        (
          await operator.compute.run({
            task: task.id,
            round: round.round,
            seed: trainer.batch_seed!,
            state,
            from,
            count,
          })
        ).state,
      encode: context.encode,
      cidOf: (bytes) => operator.store.add(bytes, { pin: false }),
    },
  }
}

async function audit(operator: Operator, at: Case): Promise<Reported[]> {
  const { task, round, context } = at
  const seat = round.validators.find((each) => each.account === operator.account)!
  const base = await context.base(round.round)
  const findings: { trainer: TrainerView; finding: Finding }[] = []
  for (const trainer of submissionsOf(round)) {
    const facts = factsOf(task, round, trainer, base.hash)
    const leaves = seat.leaves[trainer.index] ?? []
    const finding =
      trainer.state === 'out' || trainer.manifest === null
        ? ({ verdict: 'unserved', middles: leaves.map(() => '0'.repeat(64)), why: 'not published' } as const)
        : await operator.strategy.audit(await auditContext(operator, at, trainer), facts, leaves)
    if (finding.verdict !== 'ok') {
      operator.log('finds', {
        task: task.id,
        round: round.round,
        submission: trainer.account,
        verdict: finding.verdict,
        ...(finding.verdict === 'unserved' ? { why: finding.why } : { leaf: finding.leaf }),
      })
    }
    findings.push({ trainer, finding })
  }
  const gains = await operator.strategy.report(() => measure(operator, at, findings), findings.length)
  return findings.map(({ trainer, finding }, index) => ({
    submission: trainer.index,
    verdict: finding.verdict,
    leaf: finding.verdict === 'dispute' ? finding.leaf : null,
    gain: gains[index],
    middles: [...finding.middles],
    end: finding.verdict === 'dispute' ? finding.end : null,
    end_proof: finding.verdict === 'dispute' ? [...finding.endProof] : [],
  }))
}

async function measure(
  operator: Operator,
  at: Case,
  findings: readonly { trainer: TrainerView; finding: Finding }[],
): Promise<(string | null)[]> {
  const { task, round, context } = at
  const text = await heldOutText(at)
  if (text === null) return findings.map(() => null)
  const deltas: (Float32Array | null)[] = []
  for (const { trainer, finding } of findings) {
    // What is false or was not served earns nothing, whatever it gains.
    deltas.push(finding.verdict === 'ok' ? await fetchDelta(at, trainer) : null)
  }
  const base = await context.base(round.round)
  return gainsOf(
    (parameters) => operator.compute.score({ task: task.id, parameters, bytes: text }),
    base.parameters,
    deltas,
  )
}

/** The decoded delta, or null when its bytes are no delta: then a jury has the codec leaf to look at. */
async function fetchDelta({ context }: Case, trainer: TrainerView): Promise<Float32Array | null> {
  const bytes = await context.fetch(trainer.delta!, context.maxDeltaBytes, [trainer.account])
  try {
    return context.decode(bytes)
  } catch {
    return null
  }
}

/** The round's held-out text, or null when its key is closed or does not open what was sealed (protocol rule 5). */
async function heldOutText({ round, context }: Case): Promise<Uint8Array | null> {
  const set = context.heldOut.sets[round.round]
  if (round.key === null || !set) return null
  try {
    const ciphertext = await context.fetch(set.ciphertext, set.bytes + 64)
    return await openHeldOut({ ciphertext, key: round.key, root: set.root })
  } catch {
    return null
  }
}

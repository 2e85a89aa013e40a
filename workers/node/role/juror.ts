/** A juror's duties: redo one leaf, commit to what came out, open it. */
import { juryCommitment } from '../../../chain/client/protocol.ts'
import { factsOf } from '../../proof/index.ts'
import type { Case, Operator } from '../operator.ts'
import { sha256 } from '../taskContext.ts'
import type { DisputeView } from '../views.ts'
import { auditContext } from './validator.ts'

interface Judgement {
  readonly middle: string
  readonly end: string
}

export async function judgeAndCommit(operator: Operator, at: Case, dispute: DisputeView): Promise<void> {
  const key = `jury/${dispute.id}`
  let judgement = operator.journal.get<Judgement>(key)
  if (judgement === null) {
    const trainer = at.round.trainers[dispute.submission]
    const base = await at.context.base(at.round.round)
    const facts = factsOf(at.task, at.round, trainer, base.hash)
    judgement = await operator.strategy.judge(await auditContext(operator, at, trainer), facts, dispute.leaf)
    operator.journal.put(key, judgement)
    operator.log('redid', { dispute: dispute.id, submission: dispute.trainer, leaf: dispute.leaf })
  }
  const commitment = juryCommitment(sha256, {
    dispute: dispute.id,
    account: operator.account,
    ...judgement,
    salt: operator.journal.salt(key),
  })
  await operator.call('jury_commit', { dispute_id: dispute.id, commitment })
}

export async function revealJudgement(operator: Operator, dispute: DisputeView): Promise<void> {
  const key = `jury/${dispute.id}`
  const judgement = operator.journal.get<Judgement>(key)
  if (judgement === null) return
  await operator.call('jury_reveal', { dispute_id: dispute.id, ...judgement, salt: operator.journal.salt(key) })
}

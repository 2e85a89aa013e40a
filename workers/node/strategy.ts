/**
 * The three places where an operator could be dishonest. The daemon's own are the honest ones; the attack tests put
 * others in their place and leave everything else as it is, so that nothing but the work gives them away.
 */
import {
  type AuditContext,
  auditSubmission,
  type Encode,
  type Finding,
  recomputeLeaf,
  runRound,
  type SubmissionFacts,
} from '../proof/index.ts'

export interface Strategy {
  /** Does a round's work, or pretends to. */
  readonly runRound: typeof runRound
  /** Makes the delta from the update. */
  readonly encode: (honest: Encode) => Encode
  /** Audits one submission, or pretends to. */
  readonly audit: (context: AuditContext, facts: SubmissionFacts, leaves: readonly number[]) => Promise<Finding>
  /** Answers as a juror about one leaf. */
  readonly judge: (
    context: AuditContext,
    facts: SubmissionFacts,
    leaf: number,
  ) => Promise<{ middle: string; end: string }>
  /** Microbits that a validator reports for each submission, from what it measured. */
  readonly report: (measure: () => Promise<(string | null)[]>, submissions: number) => Promise<(string | null)[]>
}

export const honest: Strategy = {
  runRound,
  encode: (encode) => encode,
  audit: auditSubmission,
  judge: recomputeLeaf,
  report: (measure) => measure(),
}

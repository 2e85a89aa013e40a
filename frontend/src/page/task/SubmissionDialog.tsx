/** One submission, looked into: what its validators said, its disputes, and a sample of it done again in this page. */
import { useState } from 'react'
import type { RoundDetail, TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { Account } from '../../component/Account.tsx'
import { Dialog } from '../../component/Dialog.tsx'
import { Hash } from '../../component/Hash.tsx'
import { Loaded } from '../../component/states.tsx'
import { countText } from '../../format/amount.ts'
import { useSamples } from '../../recompute/useSamples.ts'
import { disputeWords, faultWords } from '../../words/phases.ts'
import { RpcField, storedRpc } from '../receipt/RpcField.tsx'
import { RecomputeSample } from './RecomputeSample.tsx'
import '../receipt/receipt.css'
import './submission.css'

type Submission = RoundDetail['submissions'][number]
type Dispute = RoundDetail['disputes'][number]
type OutcomeLine = TaskDetail['outcomes'][number]

export interface SubmissionDialogProps {
  task: string
  round: number
  submission: Submission
  disputes: readonly Dispute[]
  /** What the chain tells of its trainer in this round. */
  told: readonly OutcomeLine[]
  onClose: () => void
}

export default function SubmissionDialog(props: SubmissionDialogProps) {
  const { task, round, submission, disputes, told, onClose } = props
  const [rpc, setRpc] = useState(storedRpc)
  const { index, account, fault, commitment } = submission
  const asked = useSamples({ task, round, submission: index }, rpc)
  return (
    <Dialog title={`${account}, round ${round + 1}`} open onClose={onClose}>
      <div className="stack">
        {fault === null ? null : <p>{sentence(faultWords(fault))}</p>}
        <section className="stack-tight">
          <h3>What others found</h3>
          <ul className="findings">
            {submission.verdicts.map((verdict) => (
              <li key={verdict.validator}>
                <Account id={verdict.validator} /> {findingWords(verdict)}
              </li>
            ))}
            {disputes.map(({ id, disputer, leaf, result, tx }) => (
              <li key={id}>
                <Account id={disputer} /> disputes sample {leaf}: {disputeWords(result)}{' '}
                <Hash value={tx} label="transaction" />
              </li>
            ))}
          </ul>
          {commitment === null ? null : (
            <p className="detail">
              Handed in under <Hash value={commitment} label="commitment" />, before anybody knew which samples would be
              drawn.
            </p>
          )}
          {told.length === 0 ? null : (
            <details>
              <summary>Transactions</summary>
              <ul className="findings">
                {told.map(({ tx, event, what, height }) => (
                  <li key={`${tx} ${event}`}>
                    {what}, block {countText(height)} <Hash value={tx} label="transaction" />
                  </li>
                ))}
              </ul>
            </details>
          )}
        </section>
        <section className="stack-tight">
          <h3>Do it again yourself</h3>
          <Loaded asked={asked} what="what the chain says" lines={5}>
            {(samples) => (
              <RecomputeSample key={samples.rpc} at={{ task, round, submission: index }} samples={samples} />
            )}
          </Loaded>
          <details>
            <summary>Where the committed hashes are read</summary>
            <RpcField value={rpc} onChange={setRpc} from="What was committed" />
          </details>
        </section>
      </div>
    </Dialog>
  )
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`

function findingWords({ verdict, leaf: sample, state }: Submission['verdicts'][number]): string {
  switch (verdict) {
    case 'ok':
      return 'did its samples again and got the same'
    case 'dispute':
      return `got another end of ${sample === null ? 'a sample' : `sample ${sample}`}`
    case 'unserved':
      return 'was not served what it should check'
    case null:
      return state === 'silent' ? 'said nothing' : 'has not opened its verdict yet'
    default:
      return verdict
  }
}

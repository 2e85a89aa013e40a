/** What a move does, said before the signature; then one button; then its steps. A refusal comes back here, without red. */
import { Button } from '../../component/Button.tsx'
import { Problem } from '../../component/Problem.tsx'
import { TransactionList } from '../../transaction/TransactionList.tsx'
import type { useMove } from './useMove.ts'

export interface MoveReviewProps {
  move: ReturnType<typeof useMove>
  account: string
  says: readonly string[]
  ready: boolean
  /** Inside a page that has its primary button elsewhere. */
  quiet?: boolean
  onSign: () => void
}

export function MoveReview({ move, account, says, ready, quiet = false, onSign }: MoveReviewProps) {
  const { entry, refused, problem, asking, cancel } = move
  if (entry !== null) {
    return (
      <TransactionList
        entry={entry}
        onAskAgain={() => {
          cancel()
          onSign()
        }}
        onCancel={cancel}
      />
    )
  }
  return (
    <div className="stack">
      <ul className="says">
        {says.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {problem === null ? null : <Problem problem={problem} />}
      {refused === null ? null : <p className="notice calm">{refused} Nothing was sent.</p>}
      <div className="row">
        <Button primary={!quiet} money disabled={!ready} busy={asking} onClick={onSign}>
          {asking ? 'Asking the gateway' : `Sign with ${account}`}
        </Button>
        <span className="detail">The transaction is compared with this request before your wallet sees it.</span>
      </div>
    </div>
  )
}

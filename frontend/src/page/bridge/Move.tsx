/** What an order does, said before the signature; then one button; then its steps. A refusal comes back here, without red. */
import type { ReactNode } from 'react'
import { Button } from '../../component/Button.tsx'
import { Problem } from '../../component/Problem.tsx'
import { TransactionList } from '../../transaction/TransactionList.tsx'
import type { useBridgeMove } from './useBridgeMove.ts'

export interface MoveProps {
  move: ReturnType<typeof useBridgeMove>
  /** Who signs, as its button says it. */
  signer: string
  says: readonly string[]
  /** Why it cannot be signed now. */
  refusal: string | null
  onSign: () => void
  /** Inside a page that has its primary button elsewhere. */
  quiet?: boolean
  children?: ReactNode
}

export function Move({ move, signer, says, refusal, onSign, quiet = false, children }: MoveProps) {
  const { entry, refused, problem, asking, cancel } = move
  if (entry !== null) {
    return (
      <div className="stack">
        <TransactionList
          entry={entry}
          onAskAgain={() => {
            cancel()
            onSign()
          }}
          onCancel={cancel}
        />
        {entry.failed === null ? null : (
          <div>
            <Button money disabled={refusal !== null} busy={asking} onClick={onSign}>
              Try it again
            </Button>
          </div>
        )}
      </div>
    )
  }
  return (
    <div className="stack">
      {children}
      {says.length === 0 ? null : (
        <ul className="says">
          {says.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {problem === null ? null : <Problem problem={problem} />}
      {refused === null ? null : (
        <p className="notice calm" role="status">
          {refused} Nothing was sent.
        </p>
      )}
      <div className="row">
        <Button primary={!quiet} money disabled={refusal !== null} busy={asking} onClick={onSign}>
          {asking ? 'Checking it first' : `Sign with ${signer}`}
        </Button>
        <span className="detail">{refusal ?? 'This page computed what you sign; no server did.'}</span>
      </div>
    </div>
  )
}

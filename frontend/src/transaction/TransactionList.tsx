/** What is on its way, upright: review, wallet, sent, done on chain, final; a failure names its step and the money's place. */
import { Link } from 'wouter'
import { Button } from '../component/Button.tsx'
import { Hash } from '../component/Hash.tsx'
import { useNow } from '../component/useNow.ts'
import { spanText } from '../format/time.ts'
import { type Entry, STEPS, type Step, WALLET_PATIENCE_MS } from './journal.ts'

const WORDS: Readonly<Record<Step, string>> = {
  review: 'Reviewed by you',
  wallet: 'Signed in the wallet',
  sent: 'Sent',
  done: 'Done on chain, every step',
  final: 'Final',
}
const WAITING: Readonly<Record<Step, string>> = {
  review: 'Review it',
  wallet: 'Waiting for your wallet',
  sent: 'Sent; waits for the chain to carry out every step',
  done: 'Done; waits for the block to be final, about two seconds',
  final: 'Final',
}

/** What an EVM chain says otherwise: one step alone, and finality as that chain has it. */
const EVM_WAITING: Readonly<Partial<Record<Step, string>>> = {
  sent: 'Sent; waits for the EVM chain to take it',
  done: 'Done; waits until the EVM chain will not take it back',
}

export interface TransactionListProps {
  entry: Entry
  onAskAgain?: () => void
  onCancel?: () => void
}

export function TransactionList({ entry, onAskAgain, onCancel }: TransactionListProps) {
  const now = useNow(1_000)
  const at = STEPS.indexOf(entry.step)
  const waited = entry.step === 'wallet' && entry.failed === null && now - entry.at > WALLET_PATIENCE_MS
  return (
    <section className="stack-tight" aria-label={entry.title}>
      <h3>{entry.title}</h3>
      <ol className="steps">
        {STEPS.map((step, i) => {
          const isNow = i === at && entry.step !== 'final'
          const state = isNow ? (entry.failed === null ? 'now' : 'failed') : i <= at ? 'past' : 'to come'
          return (
            <li key={step} data-state={state} aria-current={isNow ? 'step' : undefined}>
              {isNow ? (entry.failed === null ? waiting(entry, step) : `Failed: ${entry.failed.what}`) : WORDS[step]}
              {isNow && entry.failed !== null ? (
                <span className="detail">
                  {entry.failed.money} {entry.failed.fix} ({entry.failed.code})
                </span>
              ) : null}
              {step === 'sent' && entry.hashes.length > 0 ? (
                <span className="detail">
                  {entry.hashes.map((hash) => (
                    <Hash key={hash} value={hash} label="transaction" />
                  ))}
                </span>
              ) : null}
              {isNow && entry.failed === null ? <span className="detail">for {spanText(now - entry.at)}</span> : null}
            </li>
          )
        })}
      </ol>
      {waited ? (
        <div className="row">
          <p className="detail">No word from the wallet for a minute. Nothing was sent.</p>
          {onAskAgain ? <Button onClick={onAskAgain}>Ask again</Button> : null}
          {onCancel ? <Button onClick={onCancel}>Cancel</Button> : null}
        </div>
      ) : null}
      {entry.href !== null ? <Link href={entry.href}>See what came of it</Link> : null}
    </section>
  )
}

const waiting = ({ evm }: Entry, step: Step): string => (evm === null ? undefined : EVM_WAITING[step]) ?? WAITING[step]

/** Moves of this account that are on their way or failed, kept across reload and tabs. */
import { useSyncExternalStore } from 'react'
import { Button } from '../../component/Button.tsx'
import { useServices } from '../../shell/services.tsx'
import { TransactionList } from '../../transaction/TransactionList.tsx'
import { isMoveOf } from './useMove.ts'

export function MoveList({ account }: { account: string }) {
  const { journal } = useServices()
  const entries = useSyncExternalStore(journal.subscribe, journal.list)
  const open = entries.filter(({ id, step, failed }) => isMoveOf(id, account) && (step !== 'final' || failed !== null))
  if (open.length === 0) return null
  return (
    <section className="stack move-list" aria-label="On its way">
      {open.map((entry) => (
        <div key={entry.id} className="stack-tight">
          <TransactionList entry={entry} onCancel={() => journal.withdraw(entry.id)} />
          {entry.failed === null ? null : (
            <div>
              <Button onClick={() => journal.remove(entry.id)}>Put away</Button>
            </div>
          )}
        </div>
      ))}
    </section>
  )
}

/** Lines of a ledger, each of which opens its rule, figures and evidence. The columns add up in the digits shown. */

import { useState } from 'react'
import { Button } from '../../component/Button.tsx'
import { countText } from '../../format/amount.ts'
import { absoluteText } from '../../format/time.ts'
import { Evidence } from './Evidence.tsx'
import type { WhyLedger, WhyRow } from './rows.ts'

export interface LedgerProps {
  ledger: WhyLedger
  /** Some lines are hidden: the sum is of those shown. */
  filtered?: boolean
  agrees?: boolean
  /** Shows what only changed its place, without a sum. */
  moves?: boolean
}

export function Ledger({ ledger, filtered = false, agrees = true, moves = false }: LedgerProps) {
  if (moves) {
    return ledger.moves.length === 0 ? (
      <p>Nothing was staked, collected or returned yet.</p>
    ) : (
      <Lines rows={ledger.moves} />
    )
  }
  return (
    <div className="stack-tight">
      <Lines rows={ledger.pay} />
      <p className="ledger-sum">
        <span>
          {filtered ? 'Pay of the lines shown' : 'Pay in all'}
          {filtered ? null : (
            <span className={agrees ? 'tone-ok' : 'tone-bad'}> {agrees ? '✓ ledger agrees' : '✕ ledger differs'}</span>
          )}
        </span>
        <output className="figure" title={ledger.paidTotal.exact}>
          {ledger.paidTotal.shown}
        </output>
      </p>
      {ledger.losses.length === 0 ? (
        <p className="ledger-none">Lost of bonds: nothing{filtered ? ' in these lines' : ', no faults'}.</p>
      ) : (
        <>
          <Lines rows={ledger.losses} />
          <p className="ledger-sum">
            <span>{filtered ? 'Lost in the lines shown' : 'Lost in all'}</span>
            <output className="figure tone-bad" title={ledger.lostTotal.exact}>
              {ledger.lostTotal.shown}
            </output>
          </p>
        </>
      )}
    </div>
  )
}

/** Lines drawn at first: a thousand rounds are thousands of them. Sums are over all in any case. */
const DRAWN = 100

function Lines({ rows }: { rows: readonly WhyRow[] }) {
  const [all, setAll] = useState(false)
  const drawn = all ? rows : rows.slice(0, DRAWN)
  return (
    <>
      <ul className="ledger">
        {drawn.map((row) => (
          <LedgerLine key={row.key} row={row} />
        ))}
      </ul>
      {drawn.length === rows.length ? null : (
        <div>
          <Button onClick={() => setAll(true)}>Show all {rows.length} lines</Button>
        </div>
      )}
    </>
  )
}

const place = ({ task, round }: WhyRow): string =>
  task === null ? '' : round === null ? `task ${task}` : `task ${task}, round ${round}`

function LedgerLine({ row }: { row: WhyRow }) {
  const tone =
    row.kind === 'move' ? '' : row.amountAtto > 0n ? 'tone-ok' : row.amountAtto < 0n ? 'tone-bad' : 'tone-plain'
  const at = row.evidence[0]!.at
  return (
    <li>
      <details>
        <summary>
          <span className="ledger-what">
            {place(row) === '' ? null : <span className="ledger-place">{place(row)}</span>}
            <span>{row.what}</span>
            {row.rule === '' ? null : <span className="detail">{row.rule}</span>}
          </span>
          <span className={`figure ledger-amount ${tone}`} title={row.amount.exact}>
            {row.amount.shown}
          </span>
        </summary>
        <div className="ledger-open">
          <p className="detail">
            {absoluteText(at)}, block {countText(row.evidence[0]!.height)}
          </p>
          <Evidence row={row} />
        </div>
      </details>
    </li>
  )
}

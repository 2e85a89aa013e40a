/** What this machine lost of its bonds, or that there is nothing: absence is said too. */

import { Link } from 'wouter'
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { Stamp } from '../../component/Stamp.tsx'
import { faultWords } from '../../words/phases.ts'
import { toFaultLines } from './faultLines.ts'

export function Faults({ status }: { status: NodeStatus }) {
  const why = `/why/${encodeURIComponent(status.account)}?unpaid=1`
  const { lines, total } = toFaultLines(status)
  const figure = ({ shown, exact }: { shown: string; exact: string }) => (
    <Link href={why} className="amount amount-why amount-lost" data-exact={exact} aria-label={`${shown} BLY: why`}>
      <span className="figure">{shown}</span>
    </Link>
  )
  return (
    <section className="stack-tight" aria-labelledby="faults">
      <div className="section-head">
        <h2 id="faults">Faults</h2>
        <Stamp
          quiet
          mark={status.faults === 0 ? { word: 'none', tone: 'ok' } : { word: `${status.faults}`, tone: 'bad' }}
        />
      </div>
      {status.faults === 0 && lines.length === 0 ? (
        <p>No faults: nothing was lost of any bond.</p>
      ) : (
        <>
          <ul className="operate-faults">
            {lines.map((line, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one day may hold the same fault twice, and lines never move
              <li key={`${line.day}/${line.reason}/${i}`}>
                <span>{line.day === '' ? 'before that' : `${line.day}: ${faultWords(line.reason)}`}</span>
                {figure(line)}
              </li>
            ))}
          </ul>
          <p className="ledger-sum">
            <span>lost of its bonds, BLY</span>
            {figure(total)}
          </p>
        </>
      )}
    </section>
  )
}

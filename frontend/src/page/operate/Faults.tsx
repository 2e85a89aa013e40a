/** What this machine lost of its bonds, or that there is nothing: absence is said too. */
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { Amount } from '../../component/Amount.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { faultWords } from '../../words/phases.ts'

export function Faults({ status }: { status: NodeStatus }) {
  const why = `/why/${encodeURIComponent(status.account)}?unpaid=1`
  const losses = status.earnings.filter(({ amountAtto }) => BigInt(amountAtto) < 0n)
  return (
    <section className="stack-tight" aria-labelledby="faults">
      <div className="section-head">
        <h2 id="faults">Faults</h2>
        <Stamp
          quiet
          mark={status.faults === 0 ? { word: 'none', tone: 'ok' } : { word: `${status.faults}`, tone: 'bad' }}
        />
      </div>
      {status.faults === 0 ? (
        <p>No faults: nothing was lost of any bond.</p>
      ) : (
        <p>
          Lost of its bonds so far: <Amount value={-BigInt(status.lostAtto)} signed withUnit why={why} />
        </p>
      )}
      <ul className="operate-faults">
        {losses.slice(0, 5).map(({ day, reason, amountAtto }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one day may hold the same fault twice, and lines never move
          <li key={`${day}/${reason}/${i}`}>
            <span>
              {day}: {faultWords(reason)}
            </span>
            <Amount value={amountAtto} signed why={why} />
          </li>
        ))}
      </ul>
    </section>
  )
}

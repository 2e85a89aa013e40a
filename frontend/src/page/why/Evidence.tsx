/** What stands behind one line: rule, figures, the exact amount, and where to look it up. */
import { Link } from 'wouter'
import { Hash } from '../../component/Hash.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { figureText } from './figures.ts'
import type { WhyRow } from './rows.ts'

/** Times of one row whose evidence is listed; the JSON has all. */
const LISTED = 20

export function Evidence({ row }: { row: WhyRow }) {
  const { rule, figures, amount, recomputed, evidence, reason } = row
  return (
    <dl className="evidence">
      <div>
        <dt>Exactly</dt>
        <dd className="figure">{amount.exact}</dd>
      </div>
      {rule === '' ? null : (
        <div>
          <dt>Rule</dt>
          <dd>
            {rule}{' '}
            {recomputed === null ? null : (
              <Stamp
                quiet
                mark={
                  recomputed
                    ? { word: 'the rule gives this amount', tone: 'ok' }
                    : { word: 'the rule gives another amount', tone: 'bad' }
                }
              />
            )}
          </dd>
        </div>
      )}
      {figures.map(({ name, value }) => {
        const { label, text } = figureText(name, value)
        return (
          <div key={name}>
            <dt>{label}</dt>
            <dd className="figure">{text}</dd>
          </div>
        )
      })}
      {evidence.slice(-LISTED).map(({ tx, height, receipt, dispute }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one transaction may pay several times, and lines never move
        <div key={`${tx}/${height}/${i}`}>
          <dt>
            {evidence.length === 1
              ? 'Evidence'
              : `Evidence ${evidence.length - Math.min(LISTED, evidence.length) + i + 1}`}
          </dt>
          <dd>
            {receipt === undefined ? null : <Link href={`/receipt/${receipt}`}>receipt {receipt}</Link>}
            {dispute === undefined ? null : <span>dispute {dispute}</span>}
            <span>block {height}</span>
            <Hash value={tx} label="transaction" />
          </dd>
        </div>
      ))}
      <div>
        <dt>In the contract</dt>
        <dd className="mono">{reason}</dd>
      </div>
    </dl>
  )
}

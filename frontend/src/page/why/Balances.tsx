/** What the account has now, beside what its lines add up to here. */

import type { WhyReply } from '../../../../chain/client/gateway/index.ts'
import { ButtonLink } from '../../component/Button.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { Strip, StripLines } from '../../component/Strip.tsx'
import { amountText } from '../../format/amount.ts'
import type { AddedUp } from './addUp.ts'

export function Balances({ added, reply }: { added: AddedUp; reply: WhyReply }) {
  const figure = (amount: bigint) => {
    const { shown, exact } = amountText(amount)
    return (
      <span className="figure figure-long" title={exact}>
        {shown}
      </span>
    )
  }
  const unbonding = BigInt(reply.balances.unbonding)
  return (
    <Strip
      title="Now, in BLY"
      foot={
        <div className="stack-tight">
          <div>
            <Stamp mark={added.agrees ? { word: 'Adds up', tone: 'ok' } : { word: 'Differs', tone: 'bad' }} />
          </div>
          {added.agrees ? (
            <p className="detail">
              {reply.lines.length} lines were added up here and equal the contract’s balances, as this gateway reports
              them.
            </p>
          ) : (
            <div className="stack-tight">
              {added.differences.map((difference) => (
                <p key={difference} className="tone-bad">
                  {difference}
                </p>
              ))}
              <p className="detail">
                Ask another gateway, or run ./blyan why {reply.account}; if it says the same, report it: it is a mistake
                in the market.
              </p>
            </div>
          )}
          {BigInt(reply.balances.payable) > 0n ? (
            <div>
              <ButtonLink href="/operate">To collect</ButtonLink>
            </div>
          ) : null}
        </div>
      }
    >
      <StripLines
        lines={added.balances.flatMap(({ words, amountAtto }) => [
          { what: words, figure: figure(amountAtto) },
          ...(words.startsWith('stake') && unbonding > 0n
            ? [{ what: 'of it leaving', figure: figure(unbonding), part: true }]
            : []),
        ])}
      />
    </Strip>
  )
}

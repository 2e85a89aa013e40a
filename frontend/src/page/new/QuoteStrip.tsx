/** The quote, always in view: what is spent, what comes back, what it buys. Its lines add up as they are shown. */
import type { TaskOrderBody } from '../../../../chain/client/gateway/index.ts'
import { Strip, StripLines } from '../../component/Strip.tsx'
import { Term } from '../../component/Term.tsx'
import { aboutNear, hundredths, partsThatAddUp } from '../../format/amount.ts'
import { oddsText } from '../../format/hash.ts'
import { type QuoteView, quoteLines } from './quoteLines.ts'

export function QuoteStrip({ quote, order }: { quote: QuoteView | null; order: TaskOrderBody | null }) {
  if (quote === null || order === null) {
    return (
      <Strip title="Quote">
        <p className="detail">Mend the choices beside this; the price follows at once.</p>
      </Strip>
    )
  }
  const { parts, total } = partsThatAddUp(quoteLines(quote))
  const [trainers, validators, fee, reserve, deposit] = parts as [bigint, bigint, bigint, bigint, bigint]
  const returns = reserve + deposit
  return (
    <Strip
      title="Quote"
      foot={
        <p className="detail">
          Caught, a faker loses its bond of the round. A tenth faked: {oddsText(quote.caughtTenth)}; all of it:{' '}
          {oddsText(quote.caughtAll)}. Storage on chain: {aboutNear(quote.storageYocto)}, yours again when the task is
          cleared.
        </p>
      }
    >
      <StripLines
        lines={[
          { what: `Trainers, ${order.workers} × ${order.rounds} rounds`, figure: hundredths(trainers), part: true },
          { what: `Validators, ${quote.validators} a round`, figure: hundredths(validators), part: true },
          { what: 'Fee, 5 %', figure: hundredths(fee), part: true },
          { what: 'Spent', figure: <span className="figure">{hundredths(total - returns)}</span>, sum: true },
          { what: <Term of="reserve">Reserve</Term>, figure: hundredths(reserve), part: true },
          { what: <Term of="deposit">Deposit</Term>, figure: hundredths(deposit), part: true },
          { what: 'Comes back', figure: <span className="figure">{hundredths(returns)}</span>, sum: true },
          {
            what: 'You sign for at most',
            figure: <span className="figure">{hundredths(total)} BLY</span>,
            sum: true,
          },
        ]}
      />
    </Strip>
  )
}

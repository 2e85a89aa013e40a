/** Money of somebody who is no operator: what came back of orders, or was earned by moving tasks on. */
import { Amount } from '../../component/Amount.tsx'
import { Strip, StripLines } from '../../component/Strip.tsx'
import { amountText } from '../../format/amount.ts'
import { CollectRow } from './CollectRow.tsx'
import { useLedger } from './useMarket.ts'

export function Refunds({ account }: { account: string }) {
  const { data } = useLedger(account)
  const why = `/why/${encodeURIComponent(account)}`
  if (data === undefined || data.payableAtto + data.lockedAtto + data.payingAtto === 0n) return null
  const { payableAtto, lockedAtto, payingAtto } = data
  const stays = [
    ...(lockedAtto > 0n
      ? [`${amountText(lockedAtto).shown} BLY stay locked until their tasks have ended and checking time has passed.`]
      : []),
    ...(payingAtto > 0n ? [`${amountText(payingAtto).shown} BLY are on their way already.`] : []),
  ]
  const collect = {
    amountAtto: payableAtto,
    ripeAtto: 0n,
    says: ['It forfeits nothing.', ...stays],
    refusal: payableAtto > 0n ? null : (stays[0] ?? null),
  }
  return (
    <Strip title="Your money here, in BLY" foot={<CollectRow account={account} collect={collect} />}>
      <StripLines
        lines={[
          { what: 'payable now: it came back, or was earned', figure: <Amount value={payableAtto} why={why} /> },
          ...(lockedAtto > 0n ? [{ what: 'locked', figure: <Amount value={lockedAtto} why={why} /> }] : []),
          ...(payingAtto > 0n ? [{ what: 'on its way to you', figure: <Amount value={payingAtto} why={why} /> }] : []),
        ]}
      />
    </Strip>
  )
}

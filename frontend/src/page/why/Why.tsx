/** Why an account has what it has: the sentence, a ledger that adds up, draws that went by, orders; each line opens its evidence. */
import { useState } from 'react'
import { Link } from 'wouter'
import { type WhyReply, whyReply } from '../../../../chain/client/gateway/index.ts'
import { useAsk } from '../../api/queries.ts'
import { Account } from '../../component/Account.tsx'
import { ButtonLink } from '../../component/Button.tsx'
import { Sentence } from '../../component/Sentence.tsx'
import { Empty } from '../../component/states.tsx'
import { Tabs } from '../../component/Tabs.tsx'
import { Titled } from '../../component/Titled.tsx'
import { countText } from '../../format/amount.ts'
import { useTitle } from '../../shell/title.ts'
import { addUp } from './addUp.ts'
import { Balances } from './Balances.tsx'
import { Filter } from './Filter.tsx'
import { Ledger } from './Ledger.tsx'
import { OrderStrips } from './OrderStrips.tsx'
import { PassedOver } from './PassedOver.tsx'
import { tasksOf, toWhyRows, type WhyFilter } from './rows.ts'
import './why.css'

export default function Why({ params }: { params: Record<string, string> }) {
  const account = decodeURIComponent(params.account ?? '')
  const asked = useAsk(`/api/v1/why/${encodeURIComponent(account)}`, whyReply, {
    topics: [`node_status:${account}`, 'task_update'],
  })
  useTitle(`Why, ${account}`)
  return (
    <Titled asked={asked} title={`Why ${account} has what it has`} what={`the ledger of ${account}`}>
      {(reply) => <Explained reply={reply} />}
    </Titled>
  )
}

function Explained({ reply }: { reply: WhyReply }) {
  const [filter, setFilter] = useFilter()
  const ledger = toWhyRows(reply, filter)
  const added = addUp(reply)
  const rows = ledger.pay.length + ledger.losses.length
  // Who only ordered work asks where that money went.
  const ordersFirst = rows + ledger.hidden === 0 && reply.orders.length > 0
  const nothing =
    reply.lines.length === 0 && reply.orders.length === 0 && reply.drawn === 0 && reply.passedOver.length === 0
  return (
    <>
      <header className="page-head">
        <h1>
          <Sentence text={reply.sentence} name={reply.account} />
        </h1>
        <p className="detail">
          Every amount of <Account id={reply.account} plain />, as of block {countText(reply.asOf.height)}. Lines are
          reported by this gateway; they were added up here.
        </p>
      </header>
      {nothing ? (
        <Empty action={<ButtonLink href="/operate">Earn with this machine</ButtonLink>}>
          No work, no stake and no order under this name. Check its spelling, or begin: a machine that stakes is drawn
          for work.
        </Empty>
      ) : (
        <div className="columns">
          <div className="stack">
            {ordersFirst ? (
              <section className="stack" aria-labelledby="orders">
                <div className="section-head">
                  <h2 id="orders">Where the money of its orders went</h2>
                  <span className="detail">in BLY</span>
                </div>
                <OrderStrips orders={reply.orders} />
              </section>
            ) : (
              <section className="stack" aria-labelledby="ledger">
                <div className="section-head">
                  <h2 id="ledger">What was earned and lost</h2>
                  <span className="detail">
                    {rows === 0 ? 'no lines' : `${rows} ${rows === 1 ? 'line' : 'lines'}, in BLY`}
                    {ledger.hidden === 0 ? '' : `, ${ledger.hidden} hidden by the filter`}
                  </span>
                </div>
                <Filter filter={filter} tasks={tasksOf(reply)} onChange={setFilter} />
                {rows === 0 ? (
                  <Empty>
                    {ledger.hidden > 0
                      ? 'No line fits this filter.'
                      : 'Nothing earned and nothing lost so far: pay is booked when a round settles.'}
                  </Empty>
                ) : (
                  <Ledger ledger={ledger} filtered={ledger.hidden > 0} agrees={added.agrees} />
                )}
              </section>
            )}
            <Tabs
              label="More of this account"
              tabs={[
                {
                  name: `Passed over (${reply.passedOver.length + reply.leftOut})`,
                  panel: () => <PassedOver passed={reply.passedOver} drawn={reply.drawn} leftOut={reply.leftOut} />,
                },
                ...(ordersFirst
                  ? []
                  : [{ name: `Orders (${reply.orders.length})`, panel: () => <OrderStrips orders={reply.orders} /> }]),
                {
                  name: `Moves (${ledger.moves.length})`,
                  panel: () => <Ledger ledger={{ ...ledger, pay: [], losses: [] }} moves />,
                },
                { name: 'JSON', panel: () => <pre>{JSON.stringify(reply, null, 2)}</pre> },
                { name: 'Command', panel: () => <pre>{`./blyan why ${reply.account}`}</pre> },
              ]}
            />
          </div>
          <Balances added={added} reply={reply} />
        </div>
      )}
      <p className="detail">
        How pay and losses are computed is in <Link href="/">checking and limits</Link>; the rule beside each line is
        the one under which it was booked.
      </p>
    </>
  )
}

/** The filter lies in the address, so that it survives reload and can be sent to someone. */
function useFilter(): [WhyFilter, (filter: WhyFilter) => void] {
  const [filter, setFilter] = useState<WhyFilter>(() => {
    const query = new URLSearchParams(window.location.search)
    return {
      task: query.get('task'),
      role: query.get('role') as WhyFilter['role'],
      unpaid: query.get('unpaid') === '1',
    }
  })
  return [
    filter,
    (next) => {
      const query = new URLSearchParams()
      if (next.task) query.set('task', next.task)
      if (next.role) query.set('role', next.role)
      if (next.unpaid) query.set('unpaid', '1')
      const search = query.toString()
      window.history.replaceState(null, '', `${window.location.pathname}${search === '' ? '' : `?${search}`}`)
      setFilter(next)
    },
  ]
}

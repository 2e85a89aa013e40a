/** One summary before the wallet: what leaves the account, what comes back, what becomes public, what it buys. */
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { z } from 'zod'
import type { DraftBody, NetworkReply, TaskOrderBody } from '../../../../chain/client/gateway/index.ts'
import { Button } from '../../component/Button.tsx'
import { Hash } from '../../component/Hash.tsx'
import { Tabs } from '../../component/Tabs.tsx'
import { Until } from '../../component/When.tsx'
import { aboutNear, amountText, bytesText } from '../../format/amount.ts'
import { oddsText } from '../../format/hash.ts'
import { useProfile } from '../../shell/services.tsx'
import { useTitle } from '../../shell/title.ts'
import { TransactionList } from '../../transaction/TransactionList.tsx'
import { useTransaction } from '../../transaction/useTransaction.ts'
import { MODEL_WORDS } from './choices.ts'
import type { Prepared } from './prepare.ts'
import { QuoteStrip } from './QuoteStrip.tsx'
import type { QuoteView } from './quoteLines.ts'
import type { ChosenText } from './TextInput.tsx'

/** Of the event `task_created`. */
const createdSchema = z.array(z.object({ task: z.string() })).nonempty()

export interface ReviewProps {
  prepared: Prepared
  order: TaskOrderBody
  quote: QuoteView
  text: ChosenText
  opener: DraftBody['opener']
  network: NetworkReply
  onBack: () => void
}

export function Review({ prepared, order, quote, text, opener, network, onBack }: ReviewProps) {
  const { head, draft, checked } = prepared
  const [, go] = useLocation()
  const profile = useProfile()
  const [id] = useState(() => `task:${head}`)
  const { entry, refused, start, cancel } = useTransaction(id)
  const most = amountText(checked.blyAtto, { direction: 'cost' })
  const account = profile?.account ?? ''
  useTitle('Review the task')
  const sign = () => {
    start({
      id,
      title: `Train ${MODEL_WORDS[order.model].name} on ${text.name}`,
      accountId: account,
      network,
      transactions: checked.transactions,
      onDone: (_, events) => {
        const created = events.find(({ event }) => event === 'task_created')
        const task = createdSchema.safeParse(created?.data)
        return task.success ? `/task/${task.data[0].task}` : null
      },
    })
  }
  useEffect(() => {
    if (entry?.href != null && entry.failed === null) go(entry.href)
  }, [entry?.href, entry?.failed, go])
  return (
    <div className="page">
      <div className="page-head">
        <h1>
          Train {MODEL_WORDS[order.model].name} on <bdi>{text.name}</bdi>, {order.rounds} rounds, {order.workers}{' '}
          trainers, certainty {order.certainty} %.
        </h1>
      </div>
      <div className="columns">
        <div className="stack">
          <dl className="facts">
            <div>
              <dt>Goes from your account</dt>
              <dd>
                {most.shown} BLY at most, and {aboutNear(checked.nearYocto)} for storage on chain.
              </dd>
            </div>
            <div>
              <dt>Comes back</dt>
              <dd>
                The reserve when unused, the deposit unless whoever opens the test texts stays silent, and the pay of
                work that nobody did.
              </dd>
            </div>
            <div>
              <dt>Buys</dt>
              <dd>
                A trainer faking a tenth of its work is caught {oddsText(quote.caughtTenth)}, a full fake{' '}
                {oddsText(quote.caughtAll)}
                {order.smallPool ? ', were the pool not small: here the odds are worse' : ''}.
              </dd>
            </div>
            <div>
              <dt>Becomes public</dt>
              <dd>
                {bytesText(draft.data.bytes)} of your text, stored as <Hash value={draft.data.cid} label="CID" />; each
                round’s test text after its round.
              </dd>
            </div>
            <div>
              <dt>Opens the test texts</dt>
              <dd>
                {opener === 'gateway'
                  ? 'The gateway. You may close this tab.'
                  : 'This browser. Keep the task’s page open until the last round, or lose the deposit.'}
              </dd>
            </div>
            <div>
              <dt>Starts</dt>
              <dd>
                When the chain has taken it. Sign within <Until at={draft.expiresAt} />; after that the stored text is
                dropped.
              </dd>
            </div>
          </dl>
          <p className="detail">
            <strong>checked here</strong>: this page computed message, addresses and price itself and found the
            gateway’s transactions equal to them.
          </p>
          {refused === null ? null : (
            <p className="notice calm" role="status">
              {refused} Nothing was sent; look again and sign when you like.
            </p>
          )}
          {entry === null ? (
            <div className="row">
              <Button primary money onClick={sign} disabled={account === ''}>
                Sign for {most.shown} BLY
              </Button>
              <Button onClick={onBack}>Back to the choices</Button>
            </div>
          ) : (
            <TransactionList
              entry={entry}
              onAskAgain={() => {
                cancel()
                sign()
              }}
              onCancel={cancel}
            />
          )}
          {entry?.failed != null ? <Button onClick={sign}>Try it again</Button> : null}
          <Tabs
            label="Raw material"
            tabs={[
              { name: 'Transactions', panel: () => <pre>{JSON.stringify(checked.transactions, null, 2)}</pre> },
              { name: 'Task message', panel: () => <pre>{JSON.stringify(draft.message, null, 2)}</pre> },
            ]}
          />
        </div>
        <QuoteStrip quote={quote} order={order} />
      </div>
    </div>
  )
}

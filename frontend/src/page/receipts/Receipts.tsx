/** All receipts, newest first, each as a sentence with its amount; a search by receipt, task or account. */
import { type FormEvent, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { receiptLine } from '../../../../chain/client/gateway/index.ts'
import { useAskList, useNetworkStats } from '../../api/queries.ts'
import { Amount } from '../../component/Amount.tsx'
import { Button, ButtonLink } from '../../component/Button.tsx'
import { Field } from '../../component/Field.tsx'
import { Empty, Loaded } from '../../component/states.tsx'
import { Term } from '../../component/Term.tsx'
import { When } from '../../component/When.tsx'
import { countText } from '../../format/amount.ts'
import { shortAccount } from '../../format/hash.ts'
import { useTitle } from '../../shell/title.ts'
import { parseReceiptSearch, toReceiptRow } from './receiptRow.ts'
import './receipts.css'

export default function Receipts() {
  const [query, setQuery] = useState(() => fromAddress())
  const stats = useNetworkStats()
  const asked = useAskList('/api/v1/receipts', receiptLine, { query, topics: ['network_stats'], everyMs: 30_000 })
  const [, go] = useLocation()
  const filtered = query.worker !== undefined || query.task !== undefined
  const count = stats.data?.receipts
  useTitle(count === undefined ? 'Receipts' : `${countText(count)} receipts`)
  const search = (text: string): string | null => {
    if (text.trim() === '') {
      toAddress({})
      setQuery({})
      return null
    }
    const parsed = parseReceiptSearch(text)
    if (parsed === null) return 'Write a receipt’s number, “task 7”, or an account.'
    if (parsed.index !== undefined) {
      go(`/receipt/${parsed.index}`)
      return null
    }
    const { worker, task } = parsed
    toAddress({ worker, task })
    setQuery({ worker, task })
    return null
  }
  return (
    <div className="page">
      <header className="page-head">
        <h1>{headline(count, query)}</h1>
        <p>
          A <Term of="receipt">receipt</Term> is evidence, with stated odds, that strangers redid samples of the work.
          Open one and this page checks it, link by link, down to the chain.
        </p>
      </header>
      <SearchForm initial={query.worker ?? (query.task === undefined ? '' : `task ${query.task}`)} onSearch={search} />
      <Loaded asked={asked} what="receipts" lines={10}>
        {(lines) =>
          lines.length === 0 ? (
            filtered ? (
              <Empty action={<Button onClick={() => search('')}>Show all receipts</Button>}>
                No receipt of {query.worker ?? `task ${query.task}`}: either nothing was accepted yet, or the name is
                another one.
              </Empty>
            ) : (
              <Empty action={<ButtonLink href="/new">Train a model</ButtonLink>}>
                No receipts yet. The first appears when a round settles and its work was accepted.
              </Empty>
            )
          ) : (
            <div className="stack">
              <ul className="receipts">
                {lines.map(toReceiptRow).map((row) => (
                  <li key={row.index}>
                    <div className="receipts-text">
                      <Link href={`/receipt/${row.index}`} className="receipts-lead">
                        <span className="figure receipts-index">{row.index}</span>
                        <span>
                          <bdi>{shortAccount(row.worker)}</bdi> {row.did}
                        </span>
                      </Link>
                      <span className="detail">
                        {row.checked}
                        {row.smallPool ? ', small pool' : ''} · <When at={row.settledAt} />
                      </span>
                    </div>
                    <Amount value={row.rewardAtto} signed withUnit why={`/why/${encodeURIComponent(row.worker)}`} />
                  </li>
                ))}
              </ul>
              {asked.more === null ? (
                <p className="detail">That is all{filtered ? ' of them' : ', down to the first'}.</p>
              ) : (
                <Button onClick={asked.more} busy={asked.loadingMore}>
                  {asked.loadingMore ? 'Fetching' : 'Older receipts'}
                </Button>
              )}
            </div>
          )
        }
      </Loaded>
    </div>
  )
}

interface Chosen {
  worker?: string
  task?: string
  [name: string]: string | undefined
}

function headline(count: number | undefined, { worker, task }: Chosen): string {
  if (worker !== undefined) return `Receipts of ${shortAccount(worker)}.`
  if (task !== undefined) return `Receipts of task ${task}.`
  if (count === undefined) return 'Each accepted piece of work has a receipt.'
  if (count === 0) return 'No work has been accepted yet; each piece that is gets a receipt.'
  return count === 1
    ? 'One piece of work was accepted and has its receipt.'
    : `${countText(count)} pieces of work were accepted, each with a receipt.`
}

function SearchForm({ initial, onSearch }: { initial: string; onSearch: (text: string) => string | null }) {
  const [text, setText] = useState(initial)
  const [problem, setProblem] = useState<string | null>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setProblem(onSearch(text))
  }
  return (
    <search>
      <form className="receipts-search" onSubmit={submit}>
        <Field label="Find receipts" hint="A number, “task 7”, or an account." problem={problem}>
          {(ids) => (
            <input
              {...ids}
              className="input"
              value={text}
              maxLength={80}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
        <button type="submit" className="button quiet">
          Find
        </button>
      </form>
    </search>
  )
}

function fromAddress(): Chosen {
  const query = new URLSearchParams(window.location.search)
  return { worker: query.get('worker') ?? undefined, task: query.get('task') ?? undefined }
}

function toAddress({ worker, task }: Chosen): void {
  const query = new URLSearchParams()
  if (worker !== undefined) query.set('worker', worker)
  if (task !== undefined) query.set('task', task)
  const search = query.toString()
  window.history.replaceState(null, '', `/receipts${search === '' ? '' : `?${search}`}`)
}

/** One receipt: the strip with its torn edge, five links that this page checks, and everything it is made of below. */
import { lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import type { Receipt as WorkReceipt } from '../../../../chain/client/protocol.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { download } from '../../chart/download.ts'
import { Account } from '../../component/Account.tsx'
import { Amount } from '../../component/Amount.tsx'
import { Button } from '../../component/Button.tsx'
import { Hash } from '../../component/Hash.tsx'
import { LiveRegion } from '../../component/LiveRegion.tsx'
import { Problem } from '../../component/Problem.tsx'
import { Sentence } from '../../component/Sentence.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { Strip, StripLines } from '../../component/Strip.tsx'
import { Empty, Skeleton } from '../../component/states.tsx'
import { Tabs } from '../../component/Tabs.tsx'
import { Term } from '../../component/Term.tsx'
import { Titled } from '../../component/Titled.tsx'
import { amountText, countText } from '../../format/amount.ts'
import { useTitle } from '../../shell/title.ts'
import { hexRows, receiptFacts, receiptTitle } from './facts.ts'
import { Links } from './Links.tsx'
import { type LinksView, meaning } from './links.ts'
import { RpcField, storedRpc } from './RpcField.tsx'
import { type Evidence, useEvidence } from './useEvidence.ts'
import { useTicks } from './useTicks.ts'
import './receipt.css'

const OnEvm = lazy(() => import('./OnEvm.tsx'))

export default function Receipt({ params }: { params: Record<string, string> }) {
  const index = /^\d{1,15}$/.test(params.n ?? '') ? Number(params.n) : null
  if (index === null) {
    return (
      <div className="page">
        <h1>There is no receipt of this name.</h1>
        <Empty action={<Link href="/receipts">All receipts</Link>}>Receipts are numbered from 0.</Empty>
      </div>
    )
  }
  return <NumberedReceipt index={index} />
}

function NumberedReceipt({ index }: { index: number }) {
  const [rpc, setRpc] = useState(storedRpc)
  const evidence = useEvidence(index, rpc)
  return (
    <Titled asked={evidence.asked} title={`Receipt ${index}`} what={`receipt ${index}`}>
      {() =>
        evidence.links === null ? (
          <Skeleton lines={8} what={`receipt ${index}`} />
        ) : (
          <Checked index={index} links={evidence.links} evidence={evidence} rpc={rpc} onRpc={setRpc} />
        )
      }
    </Titled>
  )
}

interface CheckedProps {
  index: number
  links: LinksView
  evidence: Evidence
  rpc: string
  onRpc: (rpc: string) => void
}

function Checked({ index, links, evidence, rpc, onRpc }: CheckedProps) {
  const { receipt } = links.check
  const reached = links.links.filter(({ state }) => state === 'ok').length
  const shown = useTicks(links.broken === null ? reached : reached + 1, `${index} ${rpc}`)
  const isBroken = links.broken !== null && shown > reached
  const isVerified = links.verified && shown === links.links.length
  const state = isBroken ? 'NOT VERIFIED' : isVerified ? 'VERIFIED' : 'checking'
  const reward = receipt === null ? '' : amountText(BigInt(receipt.reward)).shown
  const says = receipt === null ? '' : receiptTitle(receipt, reward)
  useTitle(`Receipt ${index}, ${state}`)
  return (
    <>
      <header className="page-head">
        <h1>
          {isBroken ? (
            `Receipt ${index} does not hold: it breaks at its ${links.links[reached]?.words}.`
          ) : (
            <Sentence text={`Receipt ${index}: ${says}`} name={receipt?.worker ?? ''} />
          )}
        </h1>
        <p>
          {isBroken
            ? `Do not rely on it.${says === '' ? '' : ` Its bytes say: ${says}`}`
            : isVerified
              ? `Checked here: ${meaning(links.check)}`
              : `Checking here, link by link: ${shown} of 5 hold so far.`}
        </p>
        <LiveRegion sentence={isBroken ? 'Not verified.' : isVerified ? 'Verified, all five links hold.' : ''} />
      </header>
      <div className="columns columns-even">
        <Strip
          title={isBroken ? `Receipt ${index}, as its bytes say` : `Receipt ${index}`}
          foot={
            <div className="receipt-verdict">
              {isBroken ? (
                <Stamp mark={{ word: 'Not verified', tone: 'bad' }} />
              ) : isVerified ? (
                <Stamp mark={{ word: 'Verified', tone: 'ok' }} />
              ) : (
                <span className="detail">checking</span>
              )}
              <span className="detail">
                {isVerified && evidence.list !== undefined
                  ? `checked here against block ${countText(evidence.list.height)}`
                  : isBroken
                    ? `stopped at: ${links.links[reached]?.words}`
                    : evidence.stuck === null
                      ? 'waits for evidence'
                      : 'waits: see beside'}
              </span>
            </div>
          }
        >
          {receipt === null ? <p>Nothing in these bytes can be shown.</p> : <StripFacts receipt={receipt} />}
        </Strip>
        <section className="stack" aria-labelledby="links">
          <div className="section-head">
            <h2 id="links">Five links, checked here</h2>
          </div>
          <Links links={links.links} shown={shown} isOver={isBroken} />
          {isBroken && links.broken !== null ? <Problem problem={brokenWords(links.broken)} /> : null}
          {evidence.stuck === null || isBroken ? null : (
            <Problem problem={evidence.stuck.problem} action={{ label: 'Ask again', run: evidence.again }} />
          )}
          <RpcField key={rpc} value={rpc} onChange={onRpc} />
        </section>
      </div>
      <Limits receipt={receipt} />
      <Raw index={index} evidence={evidence} links={links} />
    </>
  )
}

/** Expected and got stand at the link already; what to do is said for a reader of this page. */
const brokenWords = ({ code, what, data, id }: BlyanError) => ({
  code,
  what: `${what.split(':')[0]}.`,
  fix:
    data.link === 'root'
      ? 'Choose another RPC below and check again. If it breaks there too, do not trust this gateway’s list.'
      : `These bytes came from this gateway: ask another one, or run ./blyan receipt verify ${data.index}, which asks the chain alone.`,
  id,
})

function StripFacts({ receipt }: { receipt: WorkReceipt }) {
  return (
    <StripLines
      lines={[
        { what: 'worker', figure: <Account id={receipt.worker} /> },
        {
          what: 'work',
          figure: (
            <Link href={`/task/${receipt.task}`}>
              task {receipt.task}, round {receipt.round + 1}
            </Link>
          ),
        },
        ...receiptFacts(receipt).map(({ words, value }) => ({
          what: words,
          figure: <span className="receipt-value">{value}</span>,
        })),
        {
          what: 'paid',
          figure: (
            <Amount
              value={receipt.reward}
              withUnit
              why={`/why/${encodeURIComponent(receipt.worker)}?task=${receipt.task}`}
            />
          ),
          sum: true,
        },
      ]}
    />
  )
}

/** What a receipt does not say. */
function Limits({ receipt }: { receipt: WorkReceipt | null }) {
  if (receipt === null) return null
  return (
    <p className={`notice${receipt.smallPool ? '' : ' calm'}`}>
      A receipt is evidence, not certainty: {receipt.certainty} in 100 is the chance that a trainer who faked a tenth of
      this work would have been caught, even if a third of all seats were hostile.{' '}
      {receipt.smallPool ? (
        <>
          Here only {receipt.pool} operators could be drawn, a <Term of="small pool">small pool</Term>: if they know
          each other, the odds are worse than stated.
        </>
      ) : (
        `It was drawn from ${receipt.pool} operators.`
      )}
    </p>
  )
}

function Raw({ index, evidence, links }: { index: number; evidence: Evidence; links: LinksView }) {
  const reply = evidence.asked.data
  if (reply === undefined) return null
  const bytes = Uint8Array.from(atobSafe(reply.bytes))
  const json = JSON.stringify(
    { receipt: links.check.receipt, hash: links.check.hash, list: evidence.list ?? null },
    null,
    2,
  )
  return (
    <Tabs
      label="What it is made of"
      tabs={[
        {
          name: 'Bytes',
          panel: () => (
            <div className="stack-tight">
              <p className="detail">
                {bytes.length} bytes; their keccak-256 is <Hash value={links.check.hash} label="receipt hash" />,
                computed here.
              </p>
              <pre>{hexRows(bytes)}</pre>
              <div>
                <Button onClick={() => download(`receipt-${index}.bin`, 'application/octet-stream', bytes)}>
                  Download bytes
                </Button>
              </div>
            </div>
          ),
        },
        {
          name: 'Command',
          panel: () => (
            <div className="stack-tight">
              <p>The same check in a terminal, over an RPC of your choice:</p>
              <pre>{`./blyan receipt verify ${index}`}</pre>
            </div>
          ),
        },
        { name: 'JSON', panel: () => <pre>{json}</pre> },
        {
          name: 'On EVM',
          panel: () =>
            links.check.receipt === null ? (
              <p>These bytes are no receipt.</p>
            ) : (
              <Suspense fallback={<Skeleton lines={4} what="the EVM chain’s word" />}>
                <OnEvm index={index} receipt={links.check.receipt} />
              </Suspense>
            ),
        },
        {
          name: 'On chain',
          panel: () => (
            <dl className="receipt-chain">
              <dt>settled in block, as this gateway reports</dt>
              <dd className="figure">{countText(reply.height)}</dd>
              <dt>transaction, as this gateway reports</dt>
              <dd>
                <Hash value={reply.tx} label="transaction" />
              </dd>
              {links.check.receipt === null ? null : (
                <>
                  <dt>update that was handed in</dt>
                  <dd>
                    <Hash value={links.check.receipt.delta} label="update" />
                  </dd>
                  <dt>model that it was trained from</dt>
                  <dd>
                    <Hash value={links.check.receipt.base} label="model" />
                  </dd>
                  <dt>the receipt before</dt>
                  <dd>
                    {index === 0 ? (
                      'none: this is the first'
                    ) : (
                      <Link href={`/receipt/${index - 1}`}>receipt {index - 1}</Link>
                    )}
                  </dd>
                </>
              )}
            </dl>
          ),
        },
      ]}
    />
  )
}

function atobSafe(text: string): number[] {
  try {
    return [...atob(text)].map((each) => each.charCodeAt(0))
  } catch {
    return []
  }
}

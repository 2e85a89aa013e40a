/** The reader's transfers in both directions, read from both chains; open ones stand open, and the one of the address first. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { Link, useSearch } from 'wouter'
import { z } from 'zod'
import {
  isEnded,
  parseTransferId,
  readTransfer,
  signaturesOf,
  type Transfer,
  type TransferId,
  transferId,
} from '../../../../chain/client/bridge/index.ts'
import { type Asked, useAsk } from '../../api/queries.ts'
import { Button } from '../../component/Button.tsx'
import { LiveRegion } from '../../component/LiveRegion.tsx'
import { Empty, Loaded } from '../../component/states.tsx'
import { amountText } from '../../format/amount.ts'
import { useProfile } from '../../shell/services.tsx'
import { useTitle } from '../../shell/title.ts'
import { noteSeen } from './seen.ts'
import { MARKS, sentenceOf, type Times } from './steps.ts'
import { TransferCard, TransferHead } from './TransferCard.tsx'
import { type Bridge, useRead } from './useBridge.ts'
import type { EvmWallet } from './useEvmWallet.ts'

/** The gateway's index: ids and times, as it reports them; without it the page reads on. */
const reportedList = z.object({
  items: z.array(
    z.looseObject({
      direction: z.enum(['near-evm', 'evm-near']),
      nonce: z.string().regex(/^\d{1,20}$/),
      createdAt: z.number().nullish(),
      updatedAt: z.number().nullish(),
      state: z.string(),
      tx: z.string().nullish(),
    }),
  ),
})
type Reported = z.infer<typeof reportedList>['items'][number]

const REPORTED = 'as this gateway reports'
const SHOWN = 10
const MOST = 50
const lockHeight = z.array(z.object({ height: z.number().int().positive() })).length(1)
const blockTime = z.object({ header: z.object({ timestamp_nanosec: z.string().regex(/^\d{1,20}$/) }) })

interface ListProps {
  bridge: Bridge
  wallet: EvmWallet
  refusal: string | null
}

/** `?transfer=` of the address. */
export function useChosen(): string | null {
  const text = new URLSearchParams(useSearch()).get('transfer')
  return useMemo(() => {
    try {
      const { direction, nonce } = parseTransferId(text ?? '')
      return transferId(direction, nonce)
    } catch {
      return null
    }
  }, [text])
}

export function Transfers(props: ListProps) {
  const { bridge, wallet } = props
  const account = useProfile()?.account ?? null
  const chosen = useChosen()
  const { address } = wallet
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef(chosen)
  useEffect(() => {
    // A transfer that has just been sent is what comes next; at an address of its own the page begins at its top.
    if (chosen !== null && chosen !== before.current) heading.current?.focus()
    before.current = chosen
  }, [chosen])
  const nobody = account === null && address === null
  const [shown, setShown] = useState(SHOWN)
  const reported = useReported(account, address)
  const own = useRead(bridge, ['ids', account, address], 6_000, (at) => ownIds(at, account, address), !nobody)
  const ids = useMemo(() => {
    const all = new Set<TransferId>(own.data ?? [])
    for (const { direction, nonce } of reported.values()) all.add(transferId(direction, BigInt(nonce)))
    return [...all].filter((id) => id !== chosen)
  }, [own.data, reported, chosen])
  return (
    <>
      {chosen === null ? null : (
        <section className="stack-tight" aria-labelledby="bridge-chosen">
          <div className="section-head">
            <h2 id="bridge-chosen" ref={heading} tabIndex={-1}>
              This transfer
            </h2>
            <Link href="/bridge">Put it away</Link>
          </div>
          <TransferItem key={chosen} id={chosen} {...props} reported={reported.get(chosen)} chosen />
        </section>
      )}
      <section className="stack-tight" aria-labelledby="bridge-own">
        <div className="section-head">
          <h2 id="bridge-own">Your transfers</h2>
        </div>
        {nobody ? (
          <Empty>Sign in with NEAR or connect an EVM wallet above: transfers of either are listed here.</Empty>
        ) : (
          <Loaded asked={own} what="your transfers" lines={4}>
            {() =>
              ids.length === 0 ? (
                <Empty>
                  {chosen === null
                    ? 'None yet: what you lock or burn appears here, with each step until it has arrived.'
                    : 'No other yet.'}
                </Empty>
              ) : (
                <>
                  <ul className="bridge-list">
                    {ids.slice(0, shown).map((id) => (
                      <li key={id}>
                        <TransferItem id={id} {...props} reported={reported.get(id)} />
                      </li>
                    ))}
                  </ul>
                  {ids.length > shown ? (
                    <div>
                      <Button onClick={() => setShown(shown + SHOWN)}>Show older</Button>
                    </div>
                  ) : null}
                </>
              )
            }
          </Loaded>
        )}
      </section>
    </>
  )
}

function TransferItem({
  id,
  bridge,
  wallet,
  refusal,
  reported,
  chosen = false,
}: ListProps & { id: string; reported: Reported | undefined; chosen?: boolean }) {
  const [open, setOpen] = useState<boolean | null>(null)
  const asked = useTransfer(bridge, id)
  const times = useTimes(
    bridge,
    asked.data,
    reported,
    open ?? (chosen || (asked.data !== undefined && !isEnded(asked.data.state))),
  )
  return (
    <Loaded asked={asked} what={`transfer ${id}`} lines={chosen ? 5 : 1}>
      {(transfer) => (
        <>
          <details
            open={chosen || !isEnded(transfer.state)}
            className="bridge-item"
            onToggle={({ currentTarget, target }) => {
              // What lies inside opens and closes too, and its event bubbles in React.
              if (currentTarget === target) setOpen(currentTarget.open)
            }}
          >
            <summary>
              <TransferHead transfer={transfer} />
            </summary>
            <TransferCard
              bridge={bridge}
              transfer={withReported(transfer, reported)}
              times={times}
              wallet={wallet}
              refusal={refusal}
            />
          </details>
          {chosen ? <Announced transfer={transfer} /> : null}
        </>
      )}
    </Loaded>
  )
}

/** One transfer from both chains and the signers, asked again until it has ended. */
export function useTransfer(bridge: Bridge, id: string | null): Asked<Transfer> {
  return useRead<Transfer>(
    bridge,
    ['transfer', id],
    (data) => (data !== undefined && isEnded(data.state) ? null : 2_000),
    ({ reader }) => readTransfer(reader, id!),
    id !== null,
  )
}

/** The transfer that the address names is said aloud, and stands in the tab's title. */
function Announced({ transfer }: { transfer: Transfer }) {
  useTitle(`${MARKS[transfer.state].word}, ${amountText(transfer.amount).shown} BLY, bridge`)
  return <LiveRegion sentence={sentenceOf(transfer)} />
}

/** Ids of what the reader sent or is sent, as far as the chains tell by account, newest first. */
async function ownIds({ near, evm }: Bridge, account: string | null, address: string | null): Promise<TransferId[]> {
  const [sent, received, burned] = await Promise.all([
    account === null ? [] : near.locksOf(account, MOST),
    address === null ? [] : near.locksOf(address, MOST),
    address === null ? [] : evm.burnsOf(address, MOST),
  ])
  const locks = [...new Set([...sent, ...received])].sort((a, b) => (a < b ? 1 : -1))
  const [a, b] = [locks.map((each) => transferId('near-evm', each)), burned.map((each) => transferId('evm-near', each))]
  // Two counters have no common order: each is newest first, and they take turns.
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [b[i], a[i]])
    .flat()
    .filter((id) => id !== undefined)
}

function useReported(account: string | null, address: string | null): Map<string, Reported> {
  const of = (who: string | null) =>
    ({ query: { account: who ?? undefined, limit: 50 }, token: 'none', everyMs: 6_000, enabled: who !== null }) as const
  const a = useAsk('/api/v1/bridge/transfers', reportedList, of(account))
  const b = useAsk('/api/v1/bridge/transfers', reportedList, of(address))
  return useMemo(() => {
    const all = [...(a.data?.items ?? []), ...(b.data?.items ?? [])]
    return new Map(all.map((each) => [transferId(each.direction, BigInt(each.nonce)), each]))
  }, [a.data, b.data])
}

/** NEAR's contract keeps no hashes: the index names the transaction of the last change there. */
const withReported = (transfer: Transfer, reported: Reported | undefined): Transfer =>
  transfer.txNear === null && reported?.tx != null ? { ...transfer, txNear: reported.tx } : transfer

/** When each state was reached: NEAR's block of the lock, the gateway's word, or this page's own eyes. */
function useTimes(
  bridge: Bridge,
  transfer: Transfer | undefined,
  reported: Reported | undefined,
  watched: boolean,
): Times {
  const isLock = transfer?.direction === 'near-evm' && transfer.times.locked == null
  const locked = useRead(
    bridge,
    ['lock time', transfer?.id],
    null,
    (at) => lockTime(at, transfer!.nonce),
    isLock && transfer !== undefined,
  )
  const isSigned = transfer !== undefined && !['locked', 'burned', 'final'].includes(transfer.state)
  const signed = useRead(
    bridge,
    ['signatures', transfer?.id],
    null,
    ({ reader }) => signaturesOf(reader, transfer!.direction, transfer!.nonce),
    isSigned && watched,
  )
  if (transfer === undefined) return {}
  const times: Times = {}
  for (const [state, at] of Object.entries(noteSeen(localStorage, transfer.id, transfer.state, Date.now()))) {
    // The latest that it can have been: better witnesses follow.
    if (at !== undefined) times[state as keyof Times] = { at, by: 'as this page saw it' }
  }
  const enough = signed.data?.signatures.map(({ signedAt }) => signedAt).sort((a, b) => a - b)[signed.data.need - 1]
  if (enough !== undefined) times.signed = { at: enough, by: 'as the signers say', checked: true }
  if (reported?.updatedAt != null && reported.state === transfer.state) {
    times[transfer.state] = { at: reported.updatedAt, by: REPORTED }
  }
  if (reported?.createdAt != null && isLock) times.locked = { at: reported.createdAt, by: REPORTED }
  if (locked.data !== undefined) times.locked = { at: locked.data, by: null }
  return times
}

/** Time of the block that holds a lock, ms. */
async function lockTime({ nearClient, deployment }: Bridge, index: bigint): Promise<number> {
  const page = await nearClient.view(deployment.near.bridge, 'locks', { from_index: Number(index), limit: 1 })
  const [{ height }] = lockHeight.parse(page) as [{ height: number }]
  const { header } = blockTime.parse(await nearClient.rpc('block', { block_id: height }))
  return Number(BigInt(header.timestamp_nanosec) / 1_000_000n)
}

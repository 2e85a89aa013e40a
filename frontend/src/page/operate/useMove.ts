/** One move of an operator's money: asked of the gateway, held against the request, then signed; never twice. */
import { useState, useSyncExternalStore } from 'react'
import {
  type NetworkReply,
  type UnsignedTransactions,
  unsignedTransactions,
} from '../../../../chain/client/gateway/index.ts'
import type { Nep297Event } from '../../../../chain/client/near/caller.ts'
import type { MarketContracts } from '../../../../chain/client/networks.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { contractsOf } from '../../api/contracts.ts'
import { EventMissingError, toBlyanError } from '../../api/errors.ts'
import { useServices } from '../../shell/services.tsx'
import { useTransaction } from '../../transaction/useTransaction.ts'

export interface MovePlan {
  title: string
  /** The gateway's unsigned transactions, or this page's own. */
  ask: () => Promise<UnsignedTransactions>
  /** Throws where they differ from the request. @returns what may be signed */
  check: (reply: UnsignedTransactions, contracts: MarketContracts) => UnsignedTransactions['transactions']
  /** Only with this event of the ledger is it done. */
  event: string
}

/** @param account who signs  @param network null while it is not known: nothing can be signed then */
export function useMove(account: string, network: NetworkReply | undefined) {
  const { queries } = useServices()
  // Chosen when the review opens: two clicks in it are one order, the next review is another.
  const [id] = useState(() => moveId(account))
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const { entry, refused, start, cancel } = useTransaction(id)

  async function begin({ title, ask, check, event }: MovePlan): Promise<void> {
    if (network === undefined || asking) return
    setAsking(true)
    setProblem(null)
    try {
      const contracts = contractsOf(network)
      const transactions = check(await ask(), contracts)
      start({
        id,
        title,
        accountId: account,
        network,
        transactions,
        onDone: (_, events) => {
          requireEvent(events, event, account)
          void queries.invalidateQueries()
          return `/why/${encodeURIComponent(account)}`
        },
      })
    } catch (error) {
      setProblem(toBlyanError(error))
    } finally {
      setAsking(false)
    }
  }
  return { entry, refused, problem, asking, begin, cancel }
}

const PREFIX = 'operate/'
export const moveId = (account: string): string => `${PREFIX}${account}/${crypto.randomUUID()}`
export const isMoveOf = (id: string, account: string): boolean => id.startsWith(`${PREFIX}${account}/`)

/** Whether a move of this account is on its way: another one waits for it, so that nothing is collected twice. */
export function useOpenMove(account: string): boolean {
  const { journal } = useServices()
  const entries = useSyncExternalStore(journal.subscribe, journal.list)
  return entries.some(
    ({ id, step, failed }) => isMoveOf(id, account) && failed === null && (step === 'wallet' || step === 'sent'),
  )
}

/** @throws EventMissingError */
export function requireEvent(events: readonly Nep297Event[], name: string, account: string): void {
  const found = events.some(({ event, data }) => {
    const items = Array.isArray(data) ? data : [data]
    return event === name && items.some((item) => (item as { account?: unknown } | null)?.account === account)
  })
  if (found) return
  throw new EventMissingError({
    what: `The chain carried out every step, but no ${name} of ${account} came of it.`,
    fix: 'Nothing is lost: what was not paid is payable again. Look at Why, then try once more.',
    data: { event: name, account },
  })
}

export const askGateway =
  (
    call: (
      path: string,
      schema: typeof unsignedTransactions,
      options: { method: 'POST'; body: unknown; token: 'needed' },
    ) => Promise<UnsignedTransactions>,
    path: string,
    body: unknown,
  ) =>
  (): Promise<UnsignedTransactions> =>
    call(path, unsignedTransactions, { method: 'POST', body, token: 'needed' })

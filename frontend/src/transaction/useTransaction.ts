/** One order to the chain, from review to final: begins once, survives reload, goes back to review when refused. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import type { NetworkReply, UnsignedTransactions } from '../../../chain/client/gateway/index.ts'
import type { Nep297Event } from '../../../chain/client/near/caller.ts'
import { toBlyanError } from '../api/errors.ts'
import { useServices } from '../shell/services.tsx'
import { WalletRefusedError } from '../wallet/types.ts'
import type { Entry } from './journal.ts'

export interface TransactionPlan {
  /** The same order has the same id: it is never sent twice. */
  id: string
  title: string
  accountId: string
  network: NetworkReply
  /** Checked against the request before the wallet sees them. */
  transactions: UnsignedTransactions['transactions']
  onDone?: (entry: Entry, events: Nep297Event[]) => string | null
}

export interface Transacting {
  entry: Entry | null
  /** Why the wallet did not sign; nothing was sent. */
  refused: string | null
  /** @returns false when it is on its way already */
  start: (plan: TransactionPlan) => boolean
  /** The wallet was closed or forgotten: back to review. */
  cancel: () => void
}

/** @param id of the entry to show; null shows none yet */
export function useTransaction(id: string | null): Transacting {
  const services = useServices()
  const { journal } = services
  const entries = useSyncExternalStore(journal.subscribe, journal.list)
  const entry = entries.find((each) => each.id === id) ?? null
  const [refused, setRefused] = useState<string | null>(null)

  const start = useCallback(
    (plan: TransactionPlan): boolean => {
      if (!journal.begin({ ...plan, total: plan.transactions.length }, Date.now())) return false
      setRefused(null)
      void send(plan)
      return true

      async function send({ id, accountId, network, transactions, onDone }: TransactionPlan) {
        const { findWallet } = await import('../wallet/findWallet.ts')
        const { follow, failureOf, pageRpc } = await import('./follow.ts')
        const { reviewedAs } = await import('./asReviewed.ts')
        const hashes: string[] = []
        try {
          const wallet = await findWallet(services, network, accountId)
          if (wallet.kind === 'near') {
            journal.update(id, { reviewed: reviewedAs(accountId, transactions) }, Date.now())
          }
          await wallet.signAndSend(transactions, ({ hash, index }) => {
            hashes[index] = hash
            journal.update(id, { step: 'sent', hashes: [...hashes] }, Date.now())
          })
        } catch (error) {
          if (error instanceof WalletRefusedError && hashes.length === 0) {
            journal.withdraw(id)
            setRefused(error.what)
            return
          }
          const failed = journal.find(id)
          journal.update(
            id,
            { failed: failureOf(toBlyanError(error), failed ?? { accountId, step: 'wallet' }) },
            Date.now(),
          )
          return
        }
        const sent = journal.find(id)
        if (sent !== null) await follow(sent, { journal, rpc: pageRpc(network.rpcPath), onDone })
      }
    },
    [journal, services],
  )
  const cancel = useCallback(() => {
    if (id !== null) journal.withdraw(id)
  }, [journal, id])
  return { entry, refused, start, cancel }
}

/** After a reload: goes on following what had been sent. Loads its code only when there is something to follow. */
export function useResumedTransactions(): void {
  const { journal } = useServices()
  useEffect(() => {
    const open = journal.list().filter(({ step, failed }) => failed === null && (step === 'sent' || step === 'done'))
    if (open.length === 0) return
    const end = new AbortController()
    const near = open.filter(({ evm }) => evm === null)
    const onEvm = open.filter(({ evm }) => evm !== null)
    if (near.length > 0) {
      void import('./follow.ts').then(({ follow, pageRpc }) =>
        Promise.allSettled(near.map((entry) => follow(entry, { journal, rpc: pageRpc(), signal: end.signal }))),
      )
    }
    if (onEvm.length > 0) {
      void import('./followEvm.ts').then(({ followEvm }) =>
        Promise.allSettled(onEvm.map((entry) => followEvm(entry, { journal, signal: end.signal }))),
      )
    }
    return () => end.abort()
  }, [journal])
}

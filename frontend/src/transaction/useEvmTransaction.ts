/** One transaction on an EVM chain, from review to final: begins once, survives reload, goes back to review when refused. */
import { useCallback, useState, useSyncExternalStore } from 'react'
import { toBlyanError } from '../api/errors.ts'
import { useServices } from '../shell/services.tsx'
import type { EvmCall, EvmChain, EvmSigner } from '../wallet/evmProvider.ts'
import { WalletRefusedError } from '../wallet/types.ts'
import { type EvmLog, evmFailureOf, followEvm } from './followEvm.ts'
import type { Entry } from './journal.ts'

export interface EvmPlan {
  /** The same order has the same id: it is never sent twice. */
  id: string
  title: string
  signer: EvmSigner
  call: EvmCall
  chain: EvmChain
  confirmations: number | 'finalized'
  /** Throws where the event that would say so is missing. @returns where the outcome can be read */
  onDone?: (entry: Entry, logs: EvmLog[]) => string | null
}

/** @param id of the entry to show; null shows none yet */
export function useEvmTransaction(id: string | null) {
  const { journal } = useServices()
  const entries = useSyncExternalStore(journal.subscribe, journal.list)
  const entry = entries.find((each) => each.id === id) ?? null
  const [refused, setRefused] = useState<string | null>(null)

  const start = useCallback(
    (plan: EvmPlan): boolean => {
      const { id, title, signer, call, chain, confirmations, onDone } = plan
      const evm = { rpcPath: '/evm', confirmations }
      if (!journal.begin({ id, title, accountId: signer.address, total: 1, evm }, Date.now())) return false
      setRefused(null)
      void send()
      return true

      async function send() {
        try {
          const hash = await signer.send(call, chain)
          journal.update(id, { step: 'sent', hashes: [hash] }, Date.now())
        } catch (error) {
          if (error instanceof WalletRefusedError) {
            journal.withdraw(id)
            return setRefused(error.what)
          }
          const at = journal.find(id) ?? { accountId: signer.address, step: 'wallet' as const }
          return journal.update(id, { failed: evmFailureOf(toBlyanError(error), at) }, Date.now())
        }
        const sent = journal.find(id)
        if (sent !== null) await followEvm(sent, { journal, onDone })
      }
    },
    [journal],
  )
  const cancel = useCallback(() => {
    if (id !== null) journal.withdraw(id)
  }, [journal, id])
  return { entry, refused, start, cancel }
}

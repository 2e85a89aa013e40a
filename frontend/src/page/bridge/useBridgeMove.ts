/** One order to either chain, prepared here and signed by the reader's own wallet; never twice for two clicks. */
import { useState, useSyncExternalStore } from 'react'
import type { UnsignedTransactions } from '../../../../chain/client/gateway/index.ts'
import type { Nep297Event } from '../../../../chain/client/near/caller.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { useServices } from '../../shell/services.tsx'
import { useEvmTransaction } from '../../transaction/useEvmTransaction.ts'
import { useTransaction } from '../../transaction/useTransaction.ts'
import type { EvmCall, EvmSigner } from '../../wallet/evmProvider.ts'
import { type BridgeLog, bridgeLogs, refusalOf } from './evmEvents.ts'
import { problemOf } from './problems.ts'
import type { Bridge } from './useBridge.ts'

/** What is signed, and by which event it is known to be done. `done` throws where that is missing. */
export type Prepared =
  | {
      side: 'near'
      account: string
      transactions: UnsignedTransactions['transactions']
      done: (events: readonly Nep297Event[]) => string | null
    }
  | { side: 'evm'; signer: EvmSigner; call: EvmCall; done: (logs: readonly BridgeLog[]) => string | null }

const PREFIX = 'bridge/'
export const isBridgeMove = (id: string): boolean => id.startsWith(PREFIX)
/** A new order each time its review opens. */
export const newMove = (): string => `${PREFIX}${crypto.randomUUID()}`
/** The same order whoever asks for it, however often. */
export const moveNamed = (name: string): string => `${PREFIX}${name}`

export function useBridgeMove(bridge: Bridge, name: string) {
  const { queries } = useServices()
  const [id] = useState(name)
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const near = useTransaction(id)
  const evm = useEvmTransaction(id)
  const { deployment, network } = bridge

  async function begin(title: string, prepare: () => Promise<Prepared> | Prepared): Promise<void> {
    if (asking) return
    setAsking(true)
    setProblem(null)
    const known = <T>(read: () => T): T => {
      const value = read()
      void queries.invalidateQueries({ queryKey: ['bridge'] })
      return value
    }
    try {
      const made = await prepare()
      if (made.side === 'near') {
        const { account: accountId, transactions, done } = made
        near.start({ id, title, accountId, network, transactions, onDone: (_, events) => known(() => done(events)) })
        return
      }
      const { signer, call, done } = made
      await requireTaken(bridge, signer, call)
      evm.start({
        id,
        title,
        signer,
        call,
        chain: chainOf(bridge),
        confirmations: deployment.evm.confirmations,
        onDone: (_, logs) => known(() => done(bridgeLogs(logs, deployment.evm.bridge))),
      })
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setAsking(false)
    }
  }
  return {
    entry: near.entry,
    refused: near.refused ?? evm.refused,
    problem,
    asking,
    begin,
    cancel: near.cancel,
  }
}

export const chainOf = ({ deployment }: Bridge) => ({
  chainId: deployment.evm.chainId,
  name: deployment.near.chainId === 'mainnet' ? 'Blyan’s EVM chain' : `EVM of ${deployment.near.chainId}`,
  rpcUrl: deployment.evm.rpcUrls[0]!,
})

/** Tried before the wallet is asked: what would be undone is not sent. @throws EvmRefusesError */
async function requireTaken({ evmClient }: Bridge, signer: EvmSigner, { to, data }: EvmCall): Promise<void> {
  try {
    await evmClient.call({ account: signer.address, to, data })
  } catch (error) {
    const refusal = refusalOf(error)
    // A node that is away decides nothing; the wallet has one of its own.
    if (refusal !== null) throw refusal
  }
}

/** Whether an order of this page waits for a wallet or for its chain. */
export function useOpenMoves() {
  const { journal } = useServices()
  const entries = useSyncExternalStore(journal.subscribe, journal.list)
  return entries.filter(({ id, step, failed }) => isBridgeMove(id) && (step !== 'final' || failed !== null))
}

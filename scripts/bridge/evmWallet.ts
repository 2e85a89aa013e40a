/** An EVM account that sends one transaction and waits for it, for commands. */
import { createWalletClient, defineChain, http, type Log, type TransactionReceipt } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Deployment, EvmCall, EvmClient } from '../../chain/client/bridge/index.ts'
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'
import { revertData } from '../../oracle/relayer/viemNode.ts'
import type { EvmKey } from './evmKey.ts'

/** The contract refused; nothing changed but the gas. */
export class EvmCallRefusedError extends BlyanError {
  static override readonly code: string = 'EVM_CALL_REFUSED'
  static override readonly fault: Fault = 'user'
}

export interface EvmWallet {
  readonly address: `0x${string}`
  /** @throws EvmCallRefusedError */
  send(call: EvmCall): Promise<TransactionReceipt & { logs: Log[] }>
}

export function evmWallet(deployment: Pick<Deployment, 'evm'>, reader: EvmClient, key: EvmKey): EvmWallet {
  const { chainId, rpcUrls } = deployment.evm
  const account = privateKeyToAccount(key.privateKey)
  const chain = defineChain({
    id: chainId,
    name: 'EVM',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: rpcUrls } },
  })
  const wallet = createWalletClient({ account, chain, transport: http(rpcUrls[0]) })
  const refused = (why: string, cause?: unknown): EvmCallRefusedError =>
    new EvmCallRefusedError({
      what: `The EVM contract refuses: ${why}.`,
      fix: 'Read what it says, change the request, and send it again.',
      data: { reason: why },
      cause,
    })
  return {
    address: key.address,
    async send({ to, data }) {
      let hash: `0x${string}`
      try {
        hash = await wallet.sendTransaction({ to, data })
      } catch (error) {
        const why = revertData(error)
        throw why === null ? error : refused(why, error)
      }
      const receipt = await reader.waitForTransactionReceipt({ hash })
      if (receipt.status !== 'success') throw refused(`transaction ${hash} was reverted`)
      return receipt
    },
  }
}

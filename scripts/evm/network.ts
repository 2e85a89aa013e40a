/**
 * Hardhat's EVM as a chain of its own, in this process. No account of a public mnemonic holds money on it: gas money
 * goes to the addresses named, and no key lies in the node. Source: Hardhat 3, "edr-simulated" networks.
 */
import { resolve } from 'node:path'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { serveRpc } from './rpcServer.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** What each funded address begins with, wei. */
export const FUNDED_WEI = 10_000n * 10n ** 18n

export interface EvmNodeOptions {
  /** EIP-155. */
  chainId?: number
  /** 0 takes a free one. */
  port?: number
  /** Addresses that begin with `FUNDED_WEI`. */
  fund?: readonly string[]
  /** Milliseconds between blocks without transactions; each transaction has a block at once besides. 0: no such blocks. */
  blockMs?: number
  /** Whether callers over HTTP may use `hardhat_*` and `evm_*`: set balances, roll the chain back, move its clock. */
  cheats?: boolean
}

export interface EvmNode {
  url: string
  chainId: number
  /** Any method, `hardhat_*` and `evm_*` too: for the one who started it. */
  request(method: string, params?: readonly unknown[]): Promise<unknown>
  close(): Promise<void>
}

/**
 * Starts the chain and serves it on 127.0.0.1. Tags `safe` and `finalized` answer with the latest block: one node has
 * nobody to disagree with, so a rollback past "finality" is a test's own doing.
 */
export async function startEvmNode(options: EvmNodeOptions = {}): Promise<EvmNode> {
  const { chainId = 31_337, port = 0, fund = [], blockMs = 1000, cheats = false } = options
  const environment = await createHardhatRuntimeEnvironment(
    {
      networks: {
        node: {
          type: 'edr-simulated',
          chainType: 'l1',
          chainId,
          accounts: [],
          // Several transactions a second must not push the chain's clock ahead of the world's: limits and delays count on it.
          allowBlocksWithSameTimestamp: true,
          mining: { auto: true, interval: blockMs },
        },
      },
    },
    {},
    ROOT,
  )
  const connection = await environment.network.create({ network: 'node', chainType: 'l1' })
  const request = (method: string, params: readonly unknown[] = []): Promise<unknown> =>
    connection.provider.request({ method, params: [...params] })
  for (const address of fund) await request('hardhat_setBalance', [address, `0x${FUNDED_WEI.toString(16)}`])
  const server = await serveRpc({ request, port, allows: cheats ? () => true : isPublicMethod })
  return {
    url: server.url,
    chainId,
    request,
    close: async () => {
      await server.close()
      await connection.close()
    },
  }
}

/** What public providers answer. The rest writes state past all signatures, and any page can call a port of this machine. */
export function isPublicMethod(method: string): boolean {
  return /^(?:eth|net|web3)_/.test(method)
}

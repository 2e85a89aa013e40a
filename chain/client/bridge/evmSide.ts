/** Reads of the bridge's EVM contracts through any EVM RPC, in the client's own words. */
import { type Address, createPublicClient, fallback, http, type PublicClient, type Transport } from 'viem'
import { blyBridgeAbi, receiptVerifierAbi } from '../evm/abi.gen.ts'
import type { SignerSet } from './collect.ts'
import type { Deployment } from './deployment.ts'
import type { Arrival, Departure, EvmSide, Limits } from './sides.ts'
import type { Payout } from './state.ts'

/** `IBlyBridge.TransferState`, by its number; null is None. */
const PAYOUTS: readonly (Payout | null)[] = [null, 'delayed', 'queued', 'vetoed', 'paid']

/** Blocks that one log request spans: what public providers allow. */
const LOG_SPAN = 10_000n

interface LogRange {
  fromBlock: bigint
  toBlock: bigint
}

export interface EvmSideOptions {
  /** `evmTransport` unless told. */
  transport?: Transport
}

export type EvmClient = PublicClient

/** HTTP to the deployment's RPCs, one after another. */
export function evmTransport({ evm }: Pick<Deployment, 'evm'>): Transport {
  const urls = evm.rpcUrls.map((url) => http(url))
  return urls.length === 1 ? urls[0]! : fallback(urls)
}

export const evmClient = (
  deployment: Pick<Deployment, 'evm'>,
  { transport = evmTransport(deployment) }: EvmSideOptions = {},
): EvmClient => createPublicClient({ transport, pollingInterval: 500, cacheTime: 0 })

export function evmSide(deployment: Pick<Deployment, 'evm'>, client: EvmClient): EvmSide {
  const { bridge: address, verifier, startBlock, confirmations } = deployment.evm
  const bridge = { address, abi: blyBridgeAbi } as const
  const anchors = { address: verifier, abi: receiptVerifierAbi } as const

  const timeOf = async (blockNumber: bigint): Promise<number> =>
    Number((await client.getBlock({ blockNumber })).timestamp) * 1000

  async function finalBlock(): Promise<bigint> {
    if (confirmations === 'finalized') return (await client.getBlock({ blockTag: 'finalized' })).number
    return (await client.getBlockNumber()) - BigInt(confirmations)
  }

  /** Newest first, until `enough` are found. */
  async function newest<L>(enough: number, page: (range: LogRange) => Promise<readonly L[]>): Promise<L[]> {
    const found: L[] = []
    const first = BigInt(startBlock)
    for (let to = await client.getBlockNumber(); to >= first && found.length < enough; to -= LOG_SPAN) {
      const from = to - LOG_SPAN + 1n
      found.push(...[...(await page({ fromBlock: from > first ? from : first, toBlock: to }))].reverse())
    }
    return found.slice(0, enough)
  }
  const burned = (args: { nonce?: bigint; sender?: Address }, enough: number) =>
    newest(enough, (range) =>
      client.getContractEvents({ ...bridge, ...range, eventName: 'Burned', args, strict: true }),
    )
  const minted = (nonce: bigint) =>
    newest(1, (range) =>
      client.getContractEvents({ ...bridge, ...range, eventName: 'Minted', args: { nonce }, strict: true }),
    )

  return {
    burnCount: async () => BigInt((await client.readContract({ ...bridge, functionName: 'totals' })).burns),

    async burn(nonce): Promise<Departure | null> {
      const record = await client.readContract({ ...bridge, functionName: 'burnOf', args: [nonce] })
      if (BigInt(record.amount) === 0n) return null
      const [log] = await burned({ nonce }, 1)
      return {
        direction: 'evm-near',
        nonce,
        sender: record.burner,
        receiver: log?.args.receiver ?? '',
        amount: record.amount,
        final: log?.blockNumber != null && log.blockNumber <= (await finalBlock()),
        refunded: record.refunded,
        refunding: false,
        at: log?.blockNumber == null ? null : await timeOf(log.blockNumber),
        tx: log?.transactionHash ?? null,
      }
    },

    async burnsOf(who, limit) {
      const isAddress = who.startsWith('0x')
      const found = await burned(isAddress ? { sender: who as Address } : {}, Number.POSITIVE_INFINITY)
      return found
        .filter(({ args }) => isAddress || args.receiver === who)
        .slice(0, limit)
        .map(({ args }) => args.nonce)
    },

    async mint(nonce): Promise<Arrival | null> {
      const { state, readyAt } = await client.readContract({ ...bridge, functionName: 'transferOf', args: [nonce] })
      const payout = PAYOUTS[state] ?? null
      if (payout === null) return null
      const [log] = payout === 'paid' ? await minted(nonce) : []
      return {
        payout,
        readyAt: readyAt > 0n ? Number(readyAt) * 1000 : null,
        at: log?.blockNumber == null ? null : await timeOf(log.blockNumber),
        tx: log?.transactionHash ?? null,
      }
    },

    async limits(): Promise<Limits> {
      const limits = await client.readContract({ ...bridge, functionName: 'limits' })
      const { timestamp } = await client.getBlock()
      return {
        minAmount: limits.minAmount,
        maxAmount: limits.maxAmount,
        hourlyLimit: limits.hourlyLimit,
        capacity: limits.capacityLeft,
        largeAmount: limits.largeAmount,
        vetoDelayMs: Number(limits.vetoDelay) * 1000,
        queueLength: limits.queueLength,
        pausedUntil: limits.pausedUntil > timestamp ? Number(limits.pausedUntil) * 1000 : null,
      }
    },

    async totals() {
      const { minted, refundedMinted, burned } = await client.readContract({ ...bridge, functionName: 'totals' })
      return { minted: minted + refundedMinted, burned }
    },

    latestEpoch: () => client.readContract({ ...bridge, functionName: 'latestEpoch' }),

    async signerSet(which): Promise<SignerSet> {
      const epoch = which ?? (await client.readContract({ ...bridge, functionName: 'activeEpoch' }))
      const { signers, k } = await client.readContract({ ...bridge, functionName: 'signersOf', args: [epoch] })
      return { epoch, signers: signers.map((each) => each.slice(2).toLowerCase()), k }
    },

    async anchored() {
      const [size, root, tainted] = await client.readContract({ ...anchors, functionName: 'latest' })
      return { size, root: root.slice(2), tainted: tainted.slice(2) }
    },

    async linkOf(account) {
      const [evm, nonce] = await client.readContract({ ...anchors, functionName: 'linkOf', args: [account] })
      return BigInt(evm) === 0n ? null : { evm: evm.slice(2).toLowerCase(), nonce }
    },

    now: async () => Number((await client.getBlock()).timestamp) * 1000,
  }
}

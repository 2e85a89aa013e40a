/**
 * The EVM side as a signer sees it. An event counts when two RPCs give it alike and four things hold: its block is the final
 * chain's, its transaction succeeded, the receipt holds the very log of the very contract, and the bridge's own state says so.
 */
import type { Hex } from 'viem'
import { decodeEventLog, decodeFunctionResult, encodeEventTopics, encodeFunctionData } from 'viem/utils'
import type { Deployment } from '../../../chain/client/bridge/index.ts'
import { domainOf } from '../../../chain/client/bridge/index.ts'
import { blyBridgeAbi } from '../../../chain/client/evm/abi.gen.ts'
import { domainSeparator } from '../../../chain/client/protocol.ts'
import { isValidAccountId } from '../../../chain/lib/accountId.ts'
import { keccak256 } from '../../../chain/lib/hash.ts'
import { EventRefusedError, OtherChainError } from '../errors.ts'
import type { BlockRef, Observation } from '../types.ts'
import { agree, disagreement } from './agree.ts'
import {
  blockAt,
  callAt,
  chainIdOf,
  type EvmLog,
  type EvmRpc,
  logsOf,
  receiptOf,
  replyError,
  timeAt,
} from './evmRpc.ts'
import { type ChainReader, emptyReading, rotationFate } from './reader.ts'

/** Providers answer for so many blocks at once. */
const SPAN = 1000
const WATCHED = ['Burned', 'Vetoed', 'RotationVetoed'] as const
const TOPICS = WATCHED.map((eventName) => encodeEventTopics({ abi: blyBridgeAbi, eventName })[0] as Hex)

export function evmReader(rpcs: readonly EvmRpc[], { evm, salt }: Pick<Deployment, 'evm' | 'salt'>): ChainReader {
  const bridge = evm.bridge.toLowerCase()

  const hashAt = (height: number) =>
    agree(rpcs, `EVM block ${height}`, async (rpc) => (await blockAt(rpc, height))?.hash ?? null)

  const view = async <T>(functionName: ViewName, args: readonly unknown[], height: number): Promise<T> => {
    const data = encodeFunctionData({ abi: blyBridgeAbi, functionName, args } as Parameters<
      typeof encodeFunctionData
    >[0])
    const result = await agree(rpcs, `${functionName}() at EVM block ${height}`, (rpc) =>
      callAt(rpc, bridge, data, height),
    )
    if (result === '0x') throw replyError(functionName, `there is no contract at ${bridge} at block ${height}`)
    return decodeFunctionResult({ abi: blyBridgeAbi, functionName, data: result } as never) as T
  }

  const finalOf = async (rpc: EvmRpc): Promise<{ head: number; final: number }> => {
    const head = (await blockAt(rpc, 'latest'))?.number ?? 0
    if (evm.confirmations !== 'finalized') return { head, final: head - evm.confirmations }
    return { head, final: (await blockAt(rpc, 'finalized'))?.number ?? -1 }
  }

  const observe = async (log: EvmLog, to: number): Promise<Observation | { vetoedRotation: string }> => {
    const { blockNumber: height, blockHash: hash, transactionHash } = log
    const refuse = (why: string) => refusal(why, { transactionHash, logIndex: log.logIndex, height })
    if (log.address !== bridge) throw refuse('it is of another contract')
    const receipt = await agree(rpcs, `EVM transaction ${transactionHash}`, (rpc) => receiptOf(rpc, transactionHash))
    const onChain = await hashAt(height)
    if (receipt === null || onChain !== hash || receipt.blockHash !== hash) {
      throw disagreement(`the block of EVM transaction ${transactionHash}`)
    }
    if (receipt.status !== '0x1') throw refuse('its transaction failed')
    if (!receipt.logs.some((each) => isSameLog(each, log))) throw refuse('its transaction’s receipt does not hold it')
    const source = { chain: 'evm', height, hash } as const
    const event = decode(log, refuse)
    if (event.eventName === 'RotationVetoed') return { vetoedRotation: event.args.digest.slice(2) }
    const nonce = String(event.args.nonce)
    if (event.eventName === 'Vetoed') return { kind: 'veto', content: { nonce, direction: 'near-evm' }, source }
    const { sender, receiver, amount } = event.args
    const burn = await view<{ burner: string; amount: bigint }>('burnOf', [event.args.nonce], to)
    if (burn.burner !== sender || burn.amount !== amount) throw refuse('the bridge’s state holds another burn')
    if (!isValidAccountId(receiver)) throw refuse('its receiver is no NEAR account')
    const content = { nonce, source: transactionHash.slice(2), receiver, amount: String(amount) }
    return { kind: 'burn', content, source }
  }

  return {
    name: 'evm',
    start: evm.startBlock,
    span: SPAN,
    hashAt,

    async identify() {
      const expected = `0x${domainSeparator(keccak256, domainOf({ evm, salt }))}`
      for (const rpc of rpcs) {
        const chainId = await chainIdOf(rpc)
        if (chainId !== evm.chainId) throw otherChain(`chain ${chainId}`, `chain ${evm.chainId}`)
      }
      const { final } = await this.heads()
      const separator = await view<string>('domainSeparator', [], final.height)
      if (separator !== expected) throw otherChain(`a bridge of domain ${separator}`, expected)
    },

    async heads() {
      const each = await Promise.all(rpcs.map(finalOf))
      const height = Math.max(0, Math.min(...each.map(({ final }) => final)))
      const hash = await hashAt(height)
      if (hash === null) throw disagreement(`EVM block ${height}`)
      return { head: Math.min(...each.map(({ head }) => head)), final: { height, hash } }
    },

    async contradicted(blocks) {
      const found = await Promise.all(
        rpcs.map(async (rpc) => {
          const gone: BlockRef[] = []
          for (const block of blocks) {
            const now = await blockAt(rpc, block.height)
            // A node that is behind, or has dropped its past, does not contradict.
            if (now !== null && now.hash !== block.hash) gone.push(block)
          }
          return gone
        }),
      )
      return blocks.filter((block) => found.some((gone) => gone.includes(block)))
    },

    activeEpoch: async (final) => String(await view<bigint>('activeEpoch', [], final.height)),

    async rotationAt({ height }, rotation) {
      const latest = await view<bigint>('latestEpoch', [], height)
      const { rotationDelay } = await view<{ rotationDelay: bigint }>('limits', [], height)
      const now = await agree(rpcs, `the time of EVM block ${height}`, async (rpc) =>
        BigInt((await timeAt(rpc, height)) ?? 0),
      )
      return rotationFate(rotation, { latest, now, delay: rotationDelay })
    },

    async isUsed(kind, content) {
      if (kind !== 'lock') return false
      const { final } = await this.heads()
      return view<boolean>('isNonceUsed', [BigInt(String(content.nonce))], final.height)
    },

    async read(from, to) {
      const reading = emptyReading()
      const logs = await agree(rpcs, `logs of EVM blocks ${from} to ${to}`, async (rpc) =>
        (await logsOf(rpc, bridge, TOPICS, from, to)).map(({ removed, ...log }) => ({
          ...log,
          removed: removed === true,
        })),
      )
      for (const log of logs) {
        if (log.removed || log.blockNumber < from || log.blockNumber > to)
          throw disagreement(`logs of EVM block ${log.blockNumber}`)
        try {
          const seen = await observe(log, to)
          if ('vetoedRotation' in seen) reading.vetoedRotations.push(seen.vetoedRotation)
          else reading.observations.push(seen)
        } catch (error) {
          if (!(error instanceof EventRefusedError)) throw error
          reading.refused.push(error)
        }
      }
      return reading
    },
  }
}

type ViewName = 'activeEpoch' | 'burnOf' | 'isNonceUsed' | 'domainSeparator' | 'latestEpoch' | 'limits'

function decode({ topics, data }: EvmLog, refuse: (why: string) => EventRefusedError) {
  try {
    const event = decodeEventLog({ abi: blyBridgeAbi, topics: topics as [Hex, ...Hex[]], data })
    if (event.eventName === 'Burned' || event.eventName === 'Vetoed' || event.eventName === 'RotationVetoed')
      return event
  } catch {
    // falls through: neither is one of ours
  }
  throw refuse('it is none of the bridge’s events')
}

const isSameLog = (a: EvmLog, b: EvmLog): boolean =>
  a.address === b.address &&
  a.logIndex === b.logIndex &&
  a.data === b.data &&
  a.blockHash === b.blockHash &&
  a.topics.join() === b.topics.join()

const refusal = (why: string, data: Record<string, unknown>): EventRefusedError =>
  new EventRefusedError({
    what: `An event on EVM is passed over: ${why}.`,
    fix: 'Nothing was signed. Both RPCs gave it: look whether they are independent, and whether the bridge’s address is right.',
    data,
  })

const otherChain = (got: string, expected: string): OtherChainError =>
  new OtherChainError({
    what: `An EVM RPC serves ${got}; the deployment names ${expected}.`,
    fix: 'Point --evm-rpc at the chain of bridge.json, or take the bridge.json of that chain.',
    data: { got, expected },
  })

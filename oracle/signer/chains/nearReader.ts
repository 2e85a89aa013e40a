/**
 * The NEAR side as a signer sees it. Candidates come from the blocks' events, which two RPCs must give alike; each is then
 * checked by what no finder of events can change: the outcome of its receipt and the bridge's own state.
 */

import { z } from 'zod'
import type { Deployment } from '../../../chain/client/bridge/index.ts'
import { domainOf } from '../../../chain/client/bridge/index.ts'
import { NearRpcError } from '../../../chain/client/near/errors.ts'
import type { Rpc } from '../../../chain/client/near/rpc.ts'
import { ask, headerReply } from '../../../chain/client/near/source/ask.ts'
import {
  type MissedReceipt,
  openSource,
  type SourceBlock,
  type SourceEvent,
} from '../../../chain/client/near/source/index.ts'
import { domainSeparator, parseEvmAddress, receiptHash } from '../../../chain/client/protocol.ts'
import { base58ToBytes, bytesToHex } from '../../../chain/lib/bytes.ts'
import { keccak256 } from '../../../chain/lib/hash.ts'
import { EventRefusedError, OtherChainError } from '../errors.ts'
import { type MarketEvent, parseMarketEvents } from '../receipts/marketEvents.ts'
import type { BlockRef, Observation } from '../types.ts'
import { agree, disagreement } from './agree.ts'
import { type BlockBuffer, blockBuffer } from './blockBuffer.ts'
import { checkOutcome, refusal } from './nearOutcome.ts'
import {
  bridgeLimits,
  bridgeStatus,
  linksView,
  nearViews,
  receiptRoot,
  receiptView,
  taskView,
  transferView,
} from './nearViews.ts'
import { type ChainReader, emptyReading, type Reading, rotationFate } from './reader.ts'

const SPAN = 500
/** Blocks for which a node that does not know one any more has lost it, and has not merely thrown it away. */
const KEPT_BLOCKS = 10_000

const statusReply = z.object({ chain_id: z.string(), genesis_hash: z.string() })
const blockReply = z.object({ header: headerReply })
const named = z.object({ nonce: z.string() })
const locked = z.object({ nonce: z.string(), sender: z.string(), receiver: z.string(), amount: z.string() })
const linked = z.object({ nonce: z.string(), account: z.string(), evm: z.string() })
const vetoedRotation = z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/) })

export interface NearReader extends ChainReader {
  /** Size and root of the market's receipts at a final block. */
  receiptRoot(final: BlockRef): Promise<{ size: number; root: string }>
}

/**
 * @param start first block worth reading: that of the contracts' deployment
 * @param onMissed hears of receipts that plain RPC does not lead to: anybody can cause them, so nothing waits for them
 */
export function nearReader(
  rpcs: readonly Rpc[],
  { near, evm, salt }: Pick<Deployment, 'near' | 'evm' | 'salt'>,
  start = 0,
  onMissed: (receipt: MissedReceipt) => void = () => {},
): NearReader {
  const view = nearViews(rpcs)
  let buffers: { next: number; each: BlockBuffer[] } | null = null

  const finalOf = async (rpc: Rpc): Promise<BlockRef> =>
    (await ask(rpc, blockReply, 'block', { finality: 'final' })).header
  const headOf = async (rpc: Rpc): Promise<number> =>
    (await ask(rpc, blockReply, 'block', { finality: 'optimistic' })).header.height
  const hashOf = async (rpc: Rpc, height: number): Promise<string | null> => {
    try {
      return (await ask(rpc, blockReply, 'block', { block_id: height })).header.hash
    } catch (error) {
      if (error instanceof NearRpcError && error.data.cause === 'UNKNOWN_BLOCK') return null
      throw error
    }
  }
  const hashAt = (height: number) => agree(rpcs, `NEAR block ${height}`, (rpc) => hashOf(rpc, height))

  /** Unix seconds, as the contract counts them. */
  const timeAt = (height: number) =>
    agree(rpcs, `the time of NEAR block ${height}`, async (rpc) => {
      const { header } = await ask(rpc, blockReply, 'block', { block_id: height })
      return BigInt(header.timestamp_nanosec) / 1_000_000_000n
    })

  /** The same blocks from every RPC. */
  const blocks = async (from: number, to: number): Promise<SourceBlock[]> => {
    if (buffers?.next !== from) {
      const contracts = [near.bridge, near.market]
      const sources = await Promise.all(rpcs.map((rpc) => openSource(rpc, contracts, { onMissed })))
      buffers = { next: from, each: sources.map((source) => blockBuffer(source, from)) }
    }
    const { each } = buffers
    buffers = null // kept only when all goes well
    const found = await agree(each, `the events of NEAR blocks ${from} to ${to}`, (buffer) => buffer.upTo(to))
    buffers = { next: to + 1, each }
    return found
  }

  const observe = async (block: SourceBlock, event: SourceEvent, data: unknown): Promise<Observation | null> => {
    const refuse = (why: string) => refusal(why, event, block.height)
    const source = { chain: 'near', height: block.height, hash: block.hash } as const
    switch (event.event) {
      case 'locked': {
        const { nonce, sender, receiver, amount } = parseData(locked, data, refuse)
        const outcome = await checkOutcome(rpcs, block, event, near.bridge)
        const isTransfer = outcome.predecessor === near.bly && outcome.methods.join() === 'ft_on_transfer'
        if (!isTransfer) throw refuse('no transfer of BLY brought it')
        if (outcome.value !== '0') throw refuse('the bridge did not keep the whole amount')
        const state = await view(near.bridge, 'transfer', { direction: 'near-evm', nonce }, lockFields)
        if (state === null) throw disagreement(`lock ${nonce}`)
        const isSame = state.sender === sender && state.receiver === receiver && state.amount === amount
        if (!isSame) throw refuse('the bridge’s state holds another lock')
        const address = parseEvmAddress(keccak256, receiver)
        if (address === null) throw refuse('its receiver is no EVM address')
        const content = { nonce, source: bytesToHex(base58ToBytes(event.receiptId)), receiver: address, amount }
        return { kind: 'lock', content, source }
      }
      case 'linked': {
        const { nonce, account, evm } = parseData(linked, data, refuse)
        const { predecessor } = await checkOutcome(rpcs, block, event, near.bridge)
        if (predecessor !== account) throw refuse('the account did not link itself')
        const [state] = await view(near.bridge, 'links', { from_index: Number(nonce), limit: 1 }, linksView)
        if (state === undefined) throw disagreement(`link ${nonce}`)
        if (state.nonce !== nonce || state.account !== account || state.evm !== evm) {
          throw refuse('the bridge’s state holds another link')
        }
        const address = parseEvmAddress(keccak256, evm)
        if (address === null) throw refuse('it leads to no EVM address')
        return { kind: 'link', content: { nonce, account, evm: address }, source }
      }
      case 'vetoed': {
        const { nonce } = parseData(named, data, refuse)
        await checkOutcome(rpcs, block, event, near.bridge)
        const state = await view(near.bridge, 'transfer', { direction: 'evm-near', nonce }, vetoFields)
        if (state === null) throw disagreement(`the veto of burn ${nonce}`)
        if (state !== 'vetoed') throw refuse('the bridge’s state holds no such veto')
        return { kind: 'veto', content: { nonce, direction: 'evm-near' }, source }
      }
      default:
        return null
    }
  }

  /** A receipt's fields give its hash; a task that vested says so itself. */
  const checkMarket = async (event: MarketEvent): Promise<boolean> => {
    if (event.name === 'vested') {
      // Vesting is never undone, so a node that denies it is behind.
      if (!(await view(near.market, 'get_task', { task_id: event.task }, vestedField)))
        throw disagreement(`task ${event.task}`)
      return true
    }
    if (event.name !== 'receipt') return true
    const receipt = await view(near.market, 'get_receipt', { index: event.index }, receiptView)
    const fields = ['task', 'round', 'worker', 'reward', 'gain'] as const
    const isSame = receipt.index === String(event.index) && fields.every((name) => receipt[name] === event[name])
    return isSame && receiptHash(keccak256, receipt) === event.hash
  }

  const readEvent = async (block: SourceBlock, event: SourceEvent, reading: Reading): Promise<MarketEvent[]> => {
    const refuse = (why: string) => refusal(why, event, block.height)
    if (event.contract === near.market && event.standard === 'blyan_market') {
      const events = attempt(() => parseMarketEvents(event.event, event.data), refuse)
      for (const each of events) {
        if (!(await checkMarket(each))) throw refuse('the market’s own state contradicts it')
      }
      return events
    }
    if (event.contract !== near.bridge || event.standard !== 'blyan_bridge') return []
    for (const data of event.data) {
      if (event.event === 'rotation_vetoed') {
        await checkOutcome(rpcs, block, event, near.bridge)
        reading.vetoedRotations.push(parseData(vetoedRotation, data, refuse).digest)
        continue
      }
      const observation = await observe(block, event, data)
      if (observation !== null) reading.observations.push(observation)
    }
    return []
  }

  return {
    name: 'near',
    start,
    span: SPAN,
    hashAt,

    async identify() {
      const expected = `${near.chainId} ${near.genesisHash}`
      for (const rpc of rpcs) {
        const { chain_id, genesis_hash } = await ask(rpc, statusReply, 'status', [])
        const got = `${chain_id} ${bytesToHex(base58ToBytes(genesis_hash))}`
        if (got !== expected) throw otherChain(`chain and genesis ${got}`, expected)
      }
      const separator = domainSeparator(keccak256, domainOf({ evm, salt }))
      const status = await view(near.bridge, 'status', {}, separatorField)
      if (status !== separator) throw otherChain(`a bridge of domain ${status}`, separator)
    },

    async heads() {
      const finals = await Promise.all(rpcs.map(finalOf))
      const heads = await Promise.all(rpcs.map(headOf))
      const height = Math.min(...finals.map((final) => final.height))
      const hash = await hashAt(height)
      if (hash === null) throw disagreement(`NEAR block ${height}`)
      return { head: Math.min(...heads), final: { height, hash } }
    },

    async contradicted(all) {
      const found = await Promise.all(
        rpcs.map(async (rpc) => {
          const { height: final } = await finalOf(rpc)
          const gone: BlockRef[] = []
          for (const block of all) {
            if (block.height > final) continue // this node is behind
            const now = await hashOf(rpc, block.height)
            if (now === null ? final - block.height < KEPT_BLOCKS : now !== block.hash) gone.push(block)
          }
          return gone
        }),
      )
      return all.filter((block) => found.some((gone) => gone.includes(block)))
    },

    activeEpoch: ({ height }) => view(near.bridge, 'status', {}, epochField, { block_id: height }),

    async rotationAt({ height }, rotation) {
      const at = { block_id: height }
      const latest = BigInt(await view(near.bridge, 'status', {}, latestField, at))
      const delay = BigInt(await view(near.bridge, 'limits', {}, delayField, at))
      return rotationFate(rotation, { latest, now: await timeAt(height), delay })
    },

    receiptRoot: ({ height }) => view(near.market, 'receipt_root', {}, receiptRoot, { block_id: height }),

    async isUsed(kind, { nonce }) {
      if (kind !== 'burn') return false
      return view(
        near.bridge,
        'transfer',
        { direction: 'evm-near', nonce },
        transferView.transform((state) => state !== null),
      )
    },

    async read(from, to) {
      const reading = emptyReading()
      for (const block of await blocks(from, to)) {
        const events: MarketEvent[] = []
        for (const event of block.events) {
          try {
            events.push(...(await readEvent(block, event, reading)))
          } catch (error) {
            if (!(error instanceof EventRefusedError)) throw error
            reading.refused.push(error)
          }
        }
        if (events.length > 0) reading.market.push({ height: block.height, hash: block.hash, events })
      }
      return reading
    },
  }
}

const latestField = bridgeStatus.transform(({ epoch, pending_epoch }) => pending_epoch ?? epoch)
const delayField = bridgeLimits.transform((limits) => limits.rotation_delay_s)
const epochField = bridgeStatus.transform(({ epoch }) => epoch)
const separatorField = bridgeStatus.transform(({ separator }) => separator)
const vestedField = taskView.transform(({ vested }) => vested)
/** What stays as it is for ever, so that RPCs at different heights agree. */
const lockFields = transferView.transform(
  (state) => state && { sender: state.sender, receiver: state.receiver, amount: state.amount },
)
const vetoFields = transferView.transform((state) => state?.state ?? null)

const parseData = <T>(schema: z.ZodType<T>, data: unknown, refuse: (why: string) => EventRefusedError): T =>
  attempt(() => schema.parse(data), refuse)

/** An event that this version does not understand is passed over: to wait would not change it. */
function attempt<T>(parse: () => T, refuse: (why: string) => EventRefusedError): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const [issue] = error.issues
    throw refuse(`its data is not as this version knows it: ${issue?.path.join('.')}: ${issue?.message}`)
  }
}

const otherChain = (got: string, expected: string): OtherChainError =>
  new OtherChainError({
    what: `A NEAR RPC serves ${got}; the deployment names ${expected}.`,
    fix: 'Point --near-rpc at the network of bridge.json, or take the bridge.json of that network.',
    data: { got, expected },
  })

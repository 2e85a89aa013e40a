/** What the bridge does in a run: BLY there and back while the task trains, and a receipt of the run rewarded on EVM. */
import { setTimeout as delay } from 'node:timers/promises'
import { decodeEventLog } from 'viem'
import {
  burnCall,
  claimCall,
  evmClient,
  evmSide,
  findTainted,
  linkEvmCall,
  lockCall,
  nearSide,
  proveIncluded,
  proveUntaintedAt,
  readTransfer,
  sendNear,
  type Transfer,
  type TransferReader,
  transferId,
  verifyCall,
} from '../../chain/client/bridge/index.ts'
import { blyBridgeAbi, blyTokenAbi } from '../../chain/client/evm/abi.gen.ts'
import { marketContract } from '../../chain/client/near/market.gen.ts'
import type { Receipt } from '../../chain/client/protocol.ts'
import { ONE_NEAR, tgas } from '../../chain/lib/units.ts'
import { evmKeyOf } from '../bridge/evmKey.ts'
import { evmWallet } from '../bridge/evmWallet.ts'
import { GUARDIAN, RELAYER, type RunningBridge } from '../bridge/start.ts'
import { type Bank, bly } from './bootstrap.ts'

/** Somebody with a wallet on both chains. */
export const TRAVELLER = 'traveller.test.near'
/** Its work is rewarded on EVM. */
export const REWARDED = 'trainer-1.test.near'
export const BRIDGE_ACCOUNTS = [TRAVELLER, GUARDIAN, RELAYER] as const

const THERE = bly(25)
const BACK = bly(10)
/** For the pot that pays one BLY a receipt. */
const POT = bly(5)
const POLL_MS = 500
/** Longest wait for a transfer or an anchor: a busy machine may let both chains wait for their turn. */
const PATIENCE_MS = 60_000

export interface TransferLine {
  id: string
  direction: Transfer['direction']
  nonce: string
  amountAtto: string
  state: Transfer['state']
  txNear: string | null
  txEvm: string | null
  /** From the signature to the arrival as both chains show it. */
  ms: number
}

export interface BridgeBlock {
  chainId: number
  token: string
  bridge: string
  verifier: string
  epoch: string
  k: number
  n: number
  lockedAtto: string
  mintedAtto: string
  burnedAtto: string
  unlockedAtto: string
  creditsAtto: string
  transfers: readonly TransferLine[]
  receipt: { index: number; verified: boolean; rewardedTo: string } | null
  /** Everything that is not as it should be; empty when all is well. */
  differences: readonly string[]
}

export interface BridgeRun {
  /** NEAR → EVM → NEAR, and BLY for the pot. */
  travel(): Promise<TransferLine[]>
  /** Waits for the anchor of all receipts, then has one verified and rewarded. */
  reward(receipts: readonly (Receipt & { hash: string })[]): Promise<NonNullable<BridgeBlock['receipt']>>
  /** Both chains' own sums, held against each other. */
  block(transfers: readonly TransferLine[], receipt: BridgeBlock['receipt']): Promise<BridgeBlock>
}

/** Addresses that begin with gas money on EVM. */
export const travellerKey = (dir: string) => evmKeyOf(`${dir}/bridge/traveller.evm.json`)
const workerKey = (dir: string) => evmKeyOf(`${dir}/bridge/worker.evm.json`)

/** @param say hears of each arrival */
export function bridgeRun(
  { deployment }: RunningBridge,
  bank: Bank,
  say: (what: string) => void,
  signal: AbortSignal,
): BridgeRun {
  const reader = evmClient(deployment)
  const near = nearSide(deployment, bank.client)
  const evm = evmSide(deployment, reader)
  const transfers: TransferReader = { deployment, near, evm, now: Date.now, signal }
  const traveller = travellerKey(bank.dir)
  const wallet = evmWallet(deployment, reader, traveller)
  const worker = workerKey(bank.dir)
  const market = marketContract(bank.client, deployment.near.market)

  async function arrived(id: string, startedAt: number): Promise<TransferLine> {
    const { direction, nonce, amount, state, txNear, txEvm } = await until(async () => {
      const transfer = await readTransfer(transfers, id)
      return transfer.state === 'minted' || transfer.state === 'unlocked' || transfer.state === 'credited'
        ? transfer
        : null
    }, `transfer ${id}`)
    const ms = Date.now() - startedAt
    say(`${id}: ${amount / bly(1)} BLY ${state} after ${(ms / 1000).toFixed(1)} s`)
    return { id, direction, nonce: String(nonce), amountAtto: String(amount), state, txNear, txEvm, ms }
  }

  async function lock(amount: bigint, receiver: string): Promise<TransferLine> {
    const startedAt = Date.now()
    const client = bank.as(TRAVELLER)
    const { events } = await sendNear(client, lockCall(deployment, amount, receiver), { failOnAnyReceipt: true })
    const [locked] = (events.find(({ event }) => event === 'locked')?.data ?? []) as { nonce: string }[]
    return arrived(transferId('near-evm', BigInt(locked!.nonce)), startedAt)
  }

  async function burn(amount: bigint): Promise<TransferLine> {
    const startedAt = Date.now()
    const { logs } = await wallet.send(burnCall(deployment, amount, TRAVELLER))
    for (const { address, data, topics } of logs) {
      if (address.toLowerCase() !== deployment.evm.bridge.toLowerCase()) continue
      const { eventName, args } = decodeEventLog({ abi: blyBridgeAbi, data, topics })
      if (eventName === 'Burned') return arrived(transferId('evm-near', args.nonce), startedAt)
    }
    throw new Error('BlyBridge burned and logged nothing')
  }

  async function until<T>(ask: () => Promise<T | null>, what: string): Promise<T> {
    for (const limit = Date.now() + PATIENCE_MS; ; await delay(POLL_MS, undefined, { signal })) {
      const found = await ask()
      if (found !== null) return found
      if (Date.now() > limit) throw new Error(`${what} did not arrive within ${PATIENCE_MS / 1000} s`)
    }
  }

  const balanceOnEvm = (account: `0x${string}`): Promise<bigint> =>
    reader.readContract({ address: deployment.evm.token, abi: blyTokenAbi, functionName: 'balanceOf', args: [account] })

  return {
    async travel() {
      await bank.open(TRAVELLER, bly(100))
      const deposit = { gas: tgas(30), deposit: ONE_NEAR / 10n }
      await bank.as(TRAVELLER).call(deployment.near.bridge, 'storage_deposit', {}, deposit)
      await bank.as(REWARDED).call(deployment.near.bridge, 'storage_deposit', {}, deposit)
      await sendNear(bank.as(REWARDED), linkEvmCall(deployment, worker.address))
      const there = await lock(THERE, traveller.address)
      const [back, pot] = await Promise.all([burn(BACK), lock(POT, deployment.evm.reward!)])
      return [there, back, pot]
    },

    async reward(receipts) {
      const chosen = receipts.find((receipt) => receipt.worker === REWARDED)
      if (chosen === undefined) throw new Error(`${REWARDED} has no receipt in this run`)
      const { hash: _, ...receipt } = chosen
      const anchored = await until(async () => {
        const anchor = await evm.anchored()
        return Number(anchor.size) >= receipts.length ? anchor : null
      }, 'the anchor of the receipts')
      await until(async () => await evm.linkOf(REWARDED), `the link of ${REWARDED}`)
      const source = { hashes: receipts.map(({ hash }) => hash), tainted: await findTainted(market, receipts) }
      const index = Number(receipt.index)
      const inclusion = proveIncluded(anchored, source, index)
      // Reverts, and thereby throws, on a receipt that is not in the anchored list.
      await reader.call(verifyCall(deployment, receipt, inclusion))
      const before = await balanceOnEvm(worker.address)
      await wallet.send(
        claimCall(deployment.evm.reward!, receipt, inclusion, proveUntaintedAt(anchored, source, index)),
      )
      const paid = (await balanceOnEvm(worker.address)) - before
      say(`receipt ${index} of ${REWARDED} is verified on EVM: ${paid / bly(1)} BLY to ${worker.address}`)
      return { index, verified: paid > 0n, rewardedTo: worker.address }
    },

    async block(lines, receipt) {
      const { bridge: account, bly: token } = deployment.near
      const [status, held, sums, epoch, supply] = await Promise.all([
        bank.client.view<Record<'locked' | 'unlocked' | 'credits', string>>(account, 'status', {}),
        bank.client.view<string>(token, 'ft_balance_of', { account_id: account }),
        reader.readContract({ address: deployment.evm.bridge, abi: blyBridgeAbi, functionName: 'totals' }),
        reader.readContract({ address: deployment.evm.bridge, abi: blyBridgeAbi, functionName: 'activeEpoch' }),
        reader.readContract({ address: deployment.evm.token, abi: blyTokenAbi, functionName: 'totalSupply' }),
      ])
      const { minted, refundedMinted, burned } = sums
      const keys = { request_type: 'view_access_key_list', finality: 'optimistic', account_id: account }
      const access = (await bank.client.rpc('query', keys)) as { keys: unknown[] }
      const differences: string[] = []
      const mustBe = (what: string, isSo: boolean): void => void (isSo || differences.push(what))
      mustBe(`EVM's supply ${supply} is not minted less burned`, supply === minted + refundedMinted - burned)
      mustBe(
        `the bridge holds ${held}, its totals say otherwise`,
        BigInt(held) === BigInt(status.locked) - BigInt(status.unlocked),
      )
      mustBe(`${supply} on EVM, ${held} behind it on NEAR`, supply + BigInt(status.credits) === BigInt(held))
      mustBe('somebody has a key of the bridge’s account', access.keys.length === 0)
      for (const { id, state } of lines) mustBe(`${id} is ${state}`, state === 'minted' || state === 'unlocked')
      return {
        chainId: deployment.evm.chainId,
        token: deployment.evm.token,
        bridge: deployment.evm.bridge,
        verifier: deployment.evm.verifier,
        epoch: String(epoch),
        k: deployment.k,
        n: deployment.signers.length,
        lockedAtto: status.locked,
        mintedAtto: String(minted),
        burnedAtto: String(burned),
        unlockedAtto: status.unlocked,
        creditsAtto: status.credits,
        transfers: lines,
        receipt,
        differences,
      }
    },
  }
}

/**
 * Sends the relayer's EVM transactions so that a crash, a lost answer or a rise of fees neither doubles nor drops one: signed,
 * journalled, sent; sent again when the node forgot it; replaced under the same nonce when it is stuck.
 */
import { keccak256 } from 'viem'
import type { LocalAccount } from 'viem/accounts'
import { crashPoint } from './crashPoint.ts'
import { EvmRefusedError, FeeOverCapError } from './errors.ts'
import { type Fees, firstFees, type GasPrices, replacementFees } from './fees.ts'
import type { EvmTx, RelayerJournal } from './journal.ts'

/** What the sender asks of an EVM node. */
export interface EvmNode {
  /** Transactions of the account in mined blocks. */
  nonce(address: `0x${string}`): Promise<number>
  prices(): Promise<GasPrices>
  /** @throws EvmRefusedError when the call would revert */
  estimateGas(call: { from: `0x${string}`; to: `0x${string}`; data: `0x${string}` }): Promise<bigint>
  /** Resolves also when the node has the very same transaction already. */
  sendRaw(raw: `0x${string}`): Promise<void>
  receipt(hash: `0x${string}`): Promise<{ status: 'success' | 'reverted' } | null>
}

export interface EvmSenderOptions {
  node: EvmNode
  account: LocalAccount
  chainId: number
  journal: RelayerJournal
  /** ms. */
  now: () => number
  /** Most wei a unit of gas may cost. */
  feeCapWei: bigint
  /** Unmined for so long, a transaction is replaced. */
  stuckMs: number
  /** Most nonces in flight. */
  maxOpen?: number
}

export interface EvmSender {
  readonly address: `0x${string}`
  isBusy(job: string): boolean
  /** Signs, writes down, sends. @throws FeeOverCapError, EvmRefusedError before anything was written */
  submit(job: string, call: { to: `0x${string}`; data: `0x${string}` }): Promise<void>
  /** Looks after what is in flight. @returns jobs whose transaction was mined or lost since */
  step(): Promise<{ job: string; outcome: Exclude<EvmTx['outcome'], 'open'> }[]>
  /** True when nothing more may be sent now. */
  isFull(): boolean
}

/** Room for what changes between estimate and block: another transfer in front in the queue. */
const GAS_MARGIN_PERCENT = 25n

export function createEvmSender(options: EvmSenderOptions): EvmSender {
  const { node, account, chainId, journal, now, feeCapWei, stuckMs, maxOpen = 8 } = options

  async function sign(tx: Pick<EvmTx, 'nonce' | 'to' | 'data' | 'gas'>, fees: Fees) {
    const { nonce, to, data, gas } = tx
    const raw = await account.signTransaction({ type: 'eip1559', chainId, nonce, to, data, gas, value: 0n, ...fees })
    return { raw, hash: keccak256(raw), ...fees, at: now() }
  }

  async function replace(tx: EvmTx): Promise<void> {
    const last = tx.sent.at(-1)!
    const fees = replacementFees(last, await node.prices(), feeCapWei)
    // Over the cap the last offer stays: the node may have forgotten it, so it is shown again.
    if (fees === null) return void (await node.sendRaw(last.raw))
    const next = await sign(tx, fees)
    journal.saveTx({ ...tx, sent: [...tx.sent, next] })
    await node.sendRaw(next.raw)
  }

  let last: Promise<unknown> = Promise.resolve()

  async function submitNow(job: string, { to, data }: { to: `0x${string}`; data: `0x${string}` }): Promise<void> {
    const estimated = await node.estimateGas({ from: account.address, to, data })
    const prices = await node.prices()
    const fees = firstFees(prices, feeCapWei)
    if (fees === null) {
      throw new FeeOverCapError({
        what: `Gas costs ${prices.baseFeePerGas + prices.priorityFeePerGas} wei; the cap is ${feeCapWei}.`,
        fix: 'Wait until it is cheaper, or raise --fee-cap; the transfer stays signed meanwhile.',
        data: { capWei: feeCapWei },
      })
    }
    const mined = await node.nonce(account.address)
    const nonce = journal.openTxs().reduce((next, tx) => Math.max(next, tx.nonce + 1), mined)
    const tx = { nonce, job, to, data, gas: (estimated * (100n + GAS_MARGIN_PERCENT)) / 100n }
    const first = await sign(tx, fees)
    journal.saveTx({ ...tx, sent: [first], outcome: 'open' })
    crashPoint('before-submit')
    await node.sendRaw(first.raw)
    crashPoint('after-submit')
  }

  return {
    address: account.address,
    isBusy: (job) => journal.openTxs().some((tx) => tx.job === job),
    isFull: () => journal.openTxs().length >= maxOpen,

    submit(job, call) {
      // One after another: two that ask for the next number at once would get the same.
      const turn = last.then(() => submitNow(job, call))
      last = turn.catch(() => undefined)
      return turn
    },

    async step() {
      const ended: { job: string; outcome: Exclude<EvmTx['outcome'], 'open'> }[] = []
      const open = journal.openTxs()
      if (open.length === 0) return ended
      const mined = await node.nonce(account.address)
      for (const tx of open) {
        const outcome = await outcomeOf(node, tx, mined)
        if (outcome !== 'open') {
          crashPoint('after-inclusion')
          crashPoint('before-record')
          journal.saveTx({ ...tx, outcome })
          ended.push({ job: tx.job, outcome })
        } else if (now() - tx.sent.at(-1)!.at >= stuckMs) await replace(tx)
        else if (tx.nonce === mined) await node.sendRaw(tx.sent.at(-1)!.raw)
      }
      return ended
    },
  }
}

/** A nonce that is used up by none of ours was used by someone else with this key: the job looks at the chain anew. */
async function outcomeOf(node: EvmNode, { nonce, sent }: EvmTx, mined: number): Promise<EvmTx['outcome']> {
  for (const { hash } of sent) {
    const receipt = await node.receipt(hash)
    if (receipt !== null) return receipt.status === 'success' ? 'mined' : 'reverted'
  }
  return nonce < mined ? 'lost' : 'open'
}

export { EvmRefusedError }

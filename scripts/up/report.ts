/** The `blyan.up/1` document: each figure read from its own view, event or file; none is a difference of others. */
import { readFileSync } from 'node:fs'
import type { NearClient } from '../../chain/client/near/index.ts'
import { toHex } from '../../chain/client/protocol.ts'
import type { Network } from '../../near.config.ts'
import { exportInference, gpt } from '../../workers/engine/index.ts'
import { sha256 } from '../../workers/node/taskContext.ts'
import type { MarketViews, RoundView } from '../../workers/node/views.ts'
import type { PriceReport } from '../cli/price.ts'
import { commit, machine } from '../lib/machine.ts'
import { BANK } from './bootstrap.ts'
import { BRIDGE_ACCOUNTS, type BridgeBlock } from './bridge.ts'
import { GATEWAY, MEMBERS, REQUESTER } from './fleetPlan.ts'
import type { GatewayBlock } from './gateway.ts'
import type { Outcome } from './outcome.ts'
import type { Fleet } from './processes.ts'
import { type ChainEvent, ledgerChanges, paidByReason, slashes } from './story.ts'

export interface ReceiptLine {
  index: number
  hash: string
  task: string
  round: number
  worker: string
  gainMicrobits: string | null
  rewardAtto: string
  verified: boolean
}

export interface ReportInput {
  readonly client: NearClient
  readonly views: MarketViews
  readonly network: Network
  readonly dir: string
  readonly seed: number
  readonly taskId: string
  readonly events: readonly ChainEvent[]
  readonly outcome: Outcome
  readonly receipts: readonly ReceiptLine[]
  readonly receiptRoot: string
  readonly gateway: GatewayBlock
  readonly bridge: BridgeBlock
  readonly price: PriceReport
  readonly gas: ReadonlyMap<string, readonly number[]>
  readonly wasm: Readonly<Record<keyof Network['contracts'], string>>
  readonly fleet: Fleet
  readonly data: { overlap: number }
  readonly timings: Record<string, number>
}

const BY_VERDICT = { accepted: 'accepted', rejected: 'rejected', missing: 'missing', undecided: 'undecided' } as const

/** Reads everything and puts it in the document's shape. `ok`: the supply adds up, all receipts verify, the gateway tells the same. */
export async function buildReport(input: ReportInput) {
  const { client, views, network, taskId, events, outcome } = input
  const task = await views.task(taskId)
  const rounds: RoundView[] = []
  for (let round = 0; round < task.rounds_settled; round++) rounds.push(await views.round(taskId, round))
  const supply = await readSupply(client, network)
  const { document } = outcome.context
  const wasm = Object.fromEntries(
    Object.entries(input.wasm).map(([name, path]) => {
      const bytes = readFileSync(path)
      return [name, { bytes: bytes.length, sha256: toHex(sha256(bytes)) }]
    }),
  )
  const status = (await client.rpc('status', [])) as {
    chain_id: string
    protocol_version: number
    sync_info: { latest_block_height: number }
  }
  const adds = BigInt(supply.genesis) === supplySum(supply)
  return {
    schema: 'blyan.up/1' as const,
    ok:
      adds &&
      task.state === 'Completed' &&
      input.receipts.every(({ verified }) => verified) &&
      input.gateway.differences.length === 0 &&
      input.bridge.differences.length === 0 &&
      input.bridge.receipt?.verified === true &&
      input.price.price !== null,
    seed: input.seed,
    commit: commit(),
    machine: machine(),
    chain: {
      chainId: status.chain_id,
      protocolVersion: status.protocol_version,
      height: status.sync_info.latest_block_height,
      dir: input.dir,
      contracts: network.contracts,
      codeSha256: Object.fromEntries(Object.entries(wasm).map(([name, { sha256: hash }]) => [name, hash])),
    },
    task: {
      id: task.id,
      state: task.state,
      requester: task.requester,
      bountyAtto: task.bounty,
      spec: task.spec.spec,
      model: {
        parameters: document.model.parameters,
        onnxSha256: toHex(sha256(exportInference(gpt(document.model), outcome.final))),
        cid: document.init,
      },
      profile: document.profile.name,
    },
    data: {
      cid: document.data.cid,
      sha256: document.data.sha256,
      trainBytes: document.data.bytes,
      heldOutBytes: outcome.heldOut.length,
      overlap: input.data.overlap,
    },
    rounds: rounds.map((round) => roundLine(round, outcome, events, network.contracts.market)),
    heldOut: {
      before: outcome.before,
      after: outcome.after,
      unigram: outcome.unigram,
      bigram: outcome.bigram,
      trigram: outcome.trigram,
    },
    sample: outcome.sample,
    receipts: input.receipts,
    receiptRoot: input.receiptRoot,
    gateway: input.gateway,
    bridge: input.bridge,
    price: input.price,
    paid: paidLines(events, network.contracts.market),
    slashed: slashes(events, network.contracts.market).map((each) => ({
      account: each.account,
      role: each.role,
      reason: each.reason,
      amountAtto: each.amount,
      burnedAtto: each.burned,
      harmedAtto: each.harmed,
      finderAtto: each.finder,
      juryAtto: each.jury,
      round: each.round ?? null,
      dispute: each.dispute ?? null,
      tx: each.tx,
    })),
    supply,
    gas: Object.fromEntries([...input.gas].map(([method, values]) => [`market.${method}`, gasLine(values)])),
    wasm,
    processes: input.fleet.running.map(({ role, account, pid, peakRssMiB, cpuSeconds }) => ({
      role,
      account,
      pid,
      peakRssMiB: Math.round(peakRssMiB),
      cpuSeconds,
    })),
    peakMemoryMiB: input.fleet.peakMemoryMiB(),
    timings: input.timings,
  }
}

export type UpReport = Awaited<ReturnType<typeof buildReport>>

/** Sum of the parts that must be the genesis supply. */
export function supplySum(supply: Readonly<Record<string, string>>): bigint {
  let sum = 0n
  for (const [part, amount] of Object.entries(supply)) if (part !== 'genesis') sum += BigInt(amount)
  return sum
}

function roundLine(round: RoundView, outcome: Outcome, events: readonly ChainEvent[], market: string) {
  const evidence = new Map<string, string>()
  for (const each of slashes(events, market)) {
    if (each.round === round.round && each.role === 'trainer')
      evidence.set(each.account, `${each.reason} ${each.dispute ?? ''}`.trim())
  }
  const begun = events.find(({ event, data }) => event === 'round_assigned' && isOf(data, round))
  const ended = events.find(({ event, data }) => event === 'round_settled' && isOf(data, round))
  return {
    index: round.round,
    base: outcome.rounds[round.round]?.base ?? null,
    delta: (round.merge_set ?? []).map((index) => round.trainers[index].delta),
    trainers: round.trainers.map(({ account }) => account),
    validators: round.validators.map(({ account }) => account),
    submissions: round.trainers.map((each) => ({
      account: each.account,
      commitment: each.commitment,
      delta: each.delta,
      bytes: each.delta === null ? null : (outcome.deltaBytes.get(each.delta) ?? null),
      gainMicrobits: each.gain === null ? null : Number(each.gain),
      verdict: each.outcome === null ? 'missing' : BY_VERDICT[each.outcome],
      evidence: evidence.get(each.account) ?? (each.outcome === 'accepted' ? 'samples redone' : ''),
    })),
    heldOut: { before: outcome.rounds[round.round]?.before ?? null, after: outcome.rounds[round.round]?.after ?? null },
    ms: begun && ended ? ended.at - begun.at : null,
  }
}

function isOf(data: readonly unknown[], { task, round }: RoundView): boolean {
  return data.some((each) => (each as { task?: string }).task === task && (each as { round?: number }).round === round)
}

function paidLines(events: readonly ChainEvent[], market: string) {
  return paidByReason(ledgerChanges(events, market)).map((line) => ({ ...line, role: roleOf(line.account) }))
}

function roleOf(account: string): string {
  if (account === REQUESTER) return 'requester'
  return MEMBERS.find((each) => each.account === account)?.role ?? 'other'
}

/** Every place where BLY can be: balances from the token, the rest from the market's own totals; what is on EVM is locked. */
async function readSupply(client: NearClient, { contracts }: Network) {
  const people = [BANK, GATEWAY, REQUESTER, ...MEMBERS.map(({ account }) => account), ...BRIDGE_ACCOUNTS]
  const holders = [...people, contracts.dex]
  let accounts = 0n
  for (const account_id of holders) {
    accounts += BigInt(await client.view<string>(contracts.bly, 'ft_balance_of', { account_id }))
  }
  const parts = await client.view<
    Record<'escrow' | 'stake' | 'unbonding' | 'ledger' | 'pool' | 'treasury' | 'pending_burn', string>
  >(contracts.market, 'supply', {})
  const { pending_burn, ...rest } = parts
  return {
    genesis: String(10n ** 27n),
    accounts: String(accounts),
    ...rest,
    locked: await client.view<string>(contracts.bly, 'ft_balance_of', { account_id: contracts.bridge }),
    pendingBurn: pending_burn,
    burned: await client.view<string>(contracts.bly, 'ft_burned', {}),
  }
}

function gasLine(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const round = (tgas: number): number => Math.round(tgas * 1000) / 1000
  return { n: sorted.length, median: round(sorted[Math.floor(sorted.length / 2)] ?? 0), max: round(sorted.at(-1) ?? 0) }
}

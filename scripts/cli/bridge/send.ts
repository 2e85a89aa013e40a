/** `blyan bridge send`: what it costs, how long it takes and what can happen, one question, then the transfer to its end. */
import { decodeEventLog, isAddress } from 'viem'
import {
  burnCall,
  type Limits,
  lockCall,
  sendNear,
  type Transfer,
  TransferAmountError,
  transferId,
} from '../../../chain/client/bridge/index.ts'
import { blyBridgeAbi, blyTokenAbi } from '../../../chain/client/evm/abi.gen.ts'
import { clock, shortBly, span } from '../../../chain/client/why/index.ts'
import { isValidAccountId } from '../../../chain/lib/accountId.ts'
import { ONE_NEAR, tgas } from '../../../chain/lib/units.ts'
import { showBly } from '../amount.ts'
import { parseArgs } from '../args.ts'
import { confirm } from '../ask.ts'
import { EXIT, UsageError } from '../errors.ts'
import { amountOf, NoSuchEventError, requireCeiling } from '../money.ts'
import { follow, print } from './follow.ts'
import { BRIDGE_FLAGS, type BridgeSession, openBridgeSession } from './session.ts'
import { transferJson, transferLine } from './text.ts'

const SPEC = {
  command: 'bridge send',
  sentence: 'Sends BLY to the other chain and follows it until it has arrived.',
  flags: {
    to: { type: 'string', help: 'where it goes', choices: ['near', 'evm'], required: true },
    amount: { type: 'string', value: 'BLY', help: 'how much', required: true },
    receiver: { type: 'string', value: 'ID', help: 'who gets it: a NEAR account, or an EVM address', required: true },
    ...BRIDGE_FLAGS,
    yes: { type: 'boolean', help: 'sign without a question' },
    max: { type: 'bly', value: 'BLY', help: 'refuse to sign for more' },
    detach: { type: 'boolean', help: 'end once it has left, without following it' },
  },
} as const

/** A lock's record on NEAR stays for good; its sender pays for it. */
const LOCK_STORAGE = ONE_NEAR / 50n

export async function send(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const amount = amountOf(flags.amount, 'amount')
  requireCeiling(amount, flags.max, 'This sends')
  const session = openBridgeSession(flags)
  const { id, tx } = await (flags.to === 'evm' ? toEvm(session, amount, flags) : toNear(session, amount, flags))
  if (flags.json) print({ type: 'sent', at: Date.now(), id, tx })
  if (flags.detach) {
    if (!flags.json) process.stdout.write(`${id} has left.\nnext  ./blyan bridge status ${id}\n`)
    return EXIT.done
  }
  return report(await follow(session, id, { json: flags.json }), flags.json)
}

interface Sent {
  id: string
  /** Of the transaction with which it left. */
  tx: string
}

interface SendFlags {
  receiver: string
  json: boolean
  yes: boolean
}

async function toEvm(session: BridgeSession, amount: bigint, { receiver, json, yes }: SendFlags): Promise<Sent> {
  const account = session.nearAccount()
  if (!isAddress(receiver)) throw wrongReceiver(receiver, 'an EVM address with its checksum right')
  const limits = await session.evm.limits()
  requireSendable(amount, limits)
  const balance = BigInt(await session.bly.ft_balance_of({ account_id: account }))
  requireBalance(account, balance, amount)
  const { bridge } = session.deployment.near
  const storage = await session.client.view<{ available: string } | null>(bridge, 'storage_balance_of', {
    account_id: account,
  })
  const pays = storage === null || BigInt(storage.available) < LOCK_STORAGE / 4n
  say(json, [
    `Send ${showBly(amount, { as: 'cost' })} BLY from ${account} to ${receiver} on EVM.`,
    ...priceLines(session, limits, amount, 'NEAR'),
    ...(pays ? ['  record   about 0.02 NEAR, once, for the record of your transfers; what is left stays yours'] : []),
  ])
  await confirm(`Sign with ${account}?`, { yes })
  if (pays) {
    await session.client.call(bridge, 'storage_deposit', {}, { gas: tgas(30), deposit: LOCK_STORAGE })
  }
  const result = await sendNear<string>(session.client, lockCall(session.deployment, amount, receiver), {
    failOnAnyReceipt: true,
  })
  const locked = result.events.find(({ event }) => event === 'locked')
  const [data] = (locked?.data ?? []) as { nonce: string }[]
  if (data === undefined) throw noEvent(result.txHash, 'locked')
  return { id: transferId('near-evm', BigInt(data.nonce)), tx: result.txHash }
}

async function toNear(session: BridgeSession, amount: bigint, { receiver, json, yes }: SendFlags): Promise<Sent> {
  const wallet = session.wallet()
  if (!isValidAccountId(receiver)) throw wrongReceiver(receiver, 'a NEAR account')
  const limits = await session.near.limits()
  requireSendable(amount, limits)
  const { token, bridge } = session.deployment.evm
  const balance = await session.reader.readContract({
    address: token,
    abi: blyTokenAbi,
    functionName: 'balanceOf',
    args: [wallet.address],
  })
  requireBalance(wallet.address, balance, amount)
  const registered = await session.bly.storage_balance_of({ account_id: receiver })
  say(json, [
    `Send ${showBly(amount, { as: 'cost' })} BLY from ${wallet.address} to ${receiver} on NEAR.`,
    ...priceLines(session, limits, amount, 'EVM'),
    ...(registered === null
      ? [`  credit   ${receiver} is not registered with BLY: the amount will wait as its credit, ./blyan bridge credit`]
      : []),
  ])
  await confirm(`Sign with ${wallet.address}?`, { yes })
  const receipt = await wallet.send(burnCall(session.deployment, amount, receiver))
  for (const log of receipt.logs) {
    if (log.address.toLowerCase() !== bridge.toLowerCase()) continue
    const { eventName, args } = decodeEventLog({ abi: blyBridgeAbi, data: log.data, topics: log.topics })
    if (eventName === 'Burned') return { id: transferId('evm-near', args.nonce), tx: receipt.transactionHash }
  }
  throw noEvent(receipt.transactionHash, 'Burned')
}

/** Price, limits, latest time, and what happens if … */
function priceLines({ deployment }: BridgeSession, limits: Limits, amount: bigint, source: 'NEAR' | 'EVM'): string[] {
  const { signers, k, relayer } = deployment
  const { minAmount, maxAmount, capacity, largeAmount, vetoDelayMs, queueLength, hourlyLimit } = limits
  const target = source === 'NEAR' ? 'EVM' : 'NEAR'
  const large = amount >= largeAmount
  const queues = queueLength > 0n || amount > capacity
  const time = large
    ? `${clock(Date.now() + vetoDelayMs, Date.now())} at the earliest (large: ${span(vetoDelayMs)} in which the guardian may stop it)`
    : queues
      ? `when its turn comes: ${queueLength} before it, ${shortBly(capacity)} BLY free now, the rest within hours`
      : 'within a minute or two; there is no time after which it is lost'
  return [
    `  price    no fee; gas on ${source} is yours, gas on ${target} ${relayer === null ? 'too' : 'the relayer’s'}`,
    `  arrives  ${time}`,
    `  limits   ${shortBly(minAmount)} to ${shortBly(maxAmount)} BLY a transfer, ${shortBly(hourlyLimit)} an hour for all`,
    `  needs    ${k} of ${signers.length} signers; ${k} dishonest ones could take up to the hourly limit before anyone stops them`,
    `  if       nobody relays: ./blyan bridge carry; stopped by the guardian: you get it back on ${source}`,
  ]
}

function requireSendable(amount: bigint, { minAmount, maxAmount, pausedUntil }: Limits): void {
  if (pausedUntil !== null) {
    throw new TransferAmountError({
      what: `The bridge stands still until ${clock(pausedUntil, Date.now())}.`,
      fix: 'Send again after that; a pause ends by itself.',
      data: { field: 'amount', pausedUntil },
    })
  }
  if (amount >= minAmount && amount <= maxAmount) return
  throw new TransferAmountError({
    what: `A transfer carries ${shortBly(minAmount)} to ${shortBly(maxAmount)} BLY; this is ${showBly(amount, { as: 'cost' })}.`,
    fix: amount > maxAmount ? 'Split it into several transfers.' : `Send at least ${shortBly(minAmount)} BLY.`,
    data: { field: 'amount', min: minAmount, max: maxAmount },
  })
}

function requireBalance(account: string, balance: bigint, amount: bigint): void {
  if (balance >= amount) return
  throw new UsageError({
    what: `${account} holds ${showBly(balance)} BLY; this sends ${showBly(amount, { as: 'cost' })}.`,
    fix: 'Send less, or to this account first.',
    data: { field: 'amount', balance: `${balance}` },
  })
}

function report(transfer: Transfer, json: boolean): number {
  if (json) print({ type: 'done', at: Date.now(), ...transferJson(transfer) })
  else {
    const next = transfer.state === 'credited' ? `./blyan bridge credit` : `./blyan bridge status ${transfer.id}`
    process.stdout.write(`${transferLine(transfer)}\nnext  ${next}\n`)
  }
  return transfer.state === 'refunded' ? EXIT.failed : EXIT.done
}

const wrongReceiver = (receiver: string, what: string): UsageError =>
  new UsageError({
    what: `--receiver ${JSON.stringify(receiver.slice(0, 70))} is not ${what}.`,
    fix: 'Copy it from the receiver’s wallet.',
    data: { field: 'receiver' },
  })

const noEvent = (tx: string, event: string): NoSuchEventError =>
  new NoSuchEventError({
    what: `Transaction ${tx} was executed, but the bridge did not log ${event}.`,
    fix: 'See ./blyan bridge list',
    data: { tx, event },
  })

function say(json: boolean, lines: readonly string[]): void {
  if (!json) process.stderr.write(`${lines.join('\n')}\n`)
}

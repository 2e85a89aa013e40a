/** `blyan bridge status|list`: one transfer's whole story, the transfers of an account, or how the bridge stands. */
import {
  collectOptions,
  collectSignatures,
  listTransfers,
  parseTransferId,
  readTransfer,
} from '../../../chain/client/bridge/index.ts'
import { clock, shortBly } from '../../../chain/client/why/index.ts'
import { readBacking, watchSigners } from '../../../oracle/relayer/watch.ts'
import { showBly } from '../amount.ts'
import { parseArgs } from '../args.ts'
import { EXIT, UsageError } from '../errors.ts'
import { palette, table } from '../print.ts'
import { BRIDGE_FLAGS, type BridgeSession, openBridgeSession } from './session.ts'
import { awaitedText, STATE_WORDS, transferJson, transferLine } from './text.ts'

const STATUS = {
  command: 'bridge status',
  sentence: 'Shows where a transfer stands and who is awaited; without an ID, how the bridge itself stands.',
  positionals: [{ name: 'ID', help: 'near-evm:NUMBER or evm-near:NUMBER' }],
  flags: BRIDGE_FLAGS,
} as const

const LIST = {
  command: 'bridge list',
  sentence: 'Lists the transfers that an account sent or receives, newest first.',
  positionals: [{ name: 'ACCOUNT', help: 'NEAR account or EVM address; default: that of --key or --evm-key' }],
  flags: { ...BRIDGE_FLAGS, limit: { type: 'integer', value: 'N', help: 'so many', default: '20', min: 1, max: 200 } },
} as const

export async function status(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(STATUS, argv)
  const session = openBridgeSession(flags)
  return positionals[0] === undefined
    ? bridgeStatus(session, flags.json)
    : transferStatus(session, positionals[0], flags.json)
}

async function transferStatus(session: BridgeSession, id: string, json: boolean): Promise<number> {
  const { direction, nonce } = parseTransferId(id)
  const transfer = await readTransfer(session.transfers, id)
  const active = await (direction === 'near-evm' ? session.evm : session.near).signerSet()
  const collected =
    transfer.signatures === null
      ? null
      : await collectSignatures(
          direction === 'near-evm' ? 'lock' : 'burn',
          String(nonce),
          collectOptions(session.transfers, active),
        )
  if (json) {
    print({ ...transferJson(transfer), signed: collected?.signatures ?? null, refused: collected?.refused ?? null })
    return EXIT.done
  }
  const now = Date.now()
  const waiting = awaitedText(transfer, now)
  const rows = Object.entries(transfer.times).map(([state, at]) => [
    `  ${STATE_WORDS[state as keyof typeof STATE_WORDS]}`,
    at === null ? 'on chain' : `${clock(at, now)}`,
  ])
  const { signatures } = transfer
  const lines = [
    transferLine(transfer),
    table([{ title: '' }, { title: '' }], rows),
    ...(signatures === null
      ? []
      : [`  ${signatures.have} of ${signatures.need} needed signers have signed, ${signatures.of} there are`]),
    ...(collected?.refused ?? []).map(({ url, why }) => `  ${url}: ${why}`),
    ...(waiting === '' ? [] : [`  ${waiting}`]),
    ...(transfer.txEvm === null ? [] : [`  EVM transaction ${transfer.txEvm}`]),
  ]
  process.stdout.write(`${lines.filter((line) => line !== '').join('\n')}\n`)
  return EXIT.done
}

async function bridgeStatus(session: BridgeSession, json: boolean): Promise<number> {
  const { near, evm, deployment } = session
  const now = Date.now()
  const [nearLimits, evmLimits, backing, active, signers] = [
    await near.limits(),
    await evm.limits(),
    await readBacking(session),
    await evm.signerSet(),
    await watchSigners(deployment, [], { now: Date.now }),
  ]
  const { lockedAtto, mintedAtto, excessAtto } = backing
  if (json) {
    print({
      lockedAtto: String(lockedAtto),
      mintedAtto: String(mintedAtto),
      excessAtto: String(excessAtto),
      epoch: String(active.epoch),
      k: active.k,
      signers,
      near: limitsJson(nearLimits),
      evm: limitsJson(evmLimits),
    })
    return excessAtto === 0n ? EXIT.done : EXIT.failed
  }
  const paint = palette()
  const pause = (until: number | null): string =>
    until === null ? 'runs' : paint.bad(`stands still until ${clock(until, now)}`)
  const rows = [
    ['locked', `${shortBly(lockedAtto)} BLY on NEAR for ${shortBly(mintedAtto)} BLY on EVM`],
    [
      'NEAR',
      `${pause(nearLimits.pausedUntil)}, ${nearLimits.queueLength} in the queue, ${showBly(nearLimits.capacity)} BLY free now`,
    ],
    [
      'EVM',
      `${pause(evmLimits.pausedUntil)}, ${evmLimits.queueLength} in the queue, ${showBly(evmLimits.capacity)} BLY free now`,
    ],
    ...signers.map(({ address, lastSeenAt, halted }) => [
      'signer',
      `${address}  ${lastSeenAt === null ? paint.bad('no word') : halted === null ? `read both chains ${Math.round((now - lastSeenAt) / 1000)} s ago` : paint.bad(`halted: ${halted.code}`)}`,
    ]),
  ]
  const head =
    excessAtto > 0n
      ? paint.bad(
          `More is minted than locked, by ${showBly(excessAtto, { as: 'cost' })} BLY. Pause both sides: docs/runbook-bridge.md`,
        )
      : `The bridge carries; ${active.k} of ${active.signers.length} signers are needed.`
  process.stdout.write(
    `${head}\n${table(
      [{ title: '' }, { title: '' }],
      rows.map(([a, b]) => [`  ${a}`, b!]),
    )}\n`,
  )
  return excessAtto === 0n ? EXIT.done : EXIT.failed
}

export async function list(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(LIST, argv)
  const session = openBridgeSession(flags)
  const account = positionals[0] ?? session.account ?? session.evmKey?.address
  if (account === undefined) {
    throw new UsageError({
      what: 'Whose transfers? Neither an account nor a key was given.',
      fix: './blyan bridge list ACCOUNT',
      data: { field: 'ACCOUNT' },
    })
  }
  const transfers = await listTransfers(session.transfers, account, flags.limit)
  if (flags.json) print({ account, transfers: transfers.map(transferJson) })
  else if (transfers.length === 0) {
    process.stdout.write(
      `${account} has sent and received nothing over the bridge.\nnext  ./blyan bridge send --help\n`,
    )
  } else process.stdout.write(`${transfers.map(transferLine).join('\n')}\n`)
  return EXIT.done
}

const limitsJson = ({ capacity, queueLength, pausedUntil }: Awaited<ReturnType<BridgeSession['near']['limits']>>) => ({
  capacityAtto: String(capacity),
  queueLength: String(queueLength),
  pausedUntil,
})

const print = (json: object): void => void process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)

/** `blyan stake add|remove|keep|show`: the BLY that stands for one's work. Success is the market's own event. */
import { z } from 'zod'
import { clock, shortBly, span } from '../../chain/client/why/index.ts'
import { showBly } from './amount.ts'
import { parseArgs } from './args.ts'
import { confirm } from './ask.ts'
import { UsageError } from './errors.ts'
import { aboutNear, amountOf, missingStorage, payStorage, requireCeiling, requireEvent, sendBly } from './money.ts'
import { PLACE_FLAGS, SIGN_FLAGS, withSession } from './session.ts'
import { keep } from './stakeKeep.ts'
import { nodeOf, report, requireNode, say } from './stakeText.ts'
import { subcommand } from './subcommand.ts'
import { configView, type NodeView } from './views.ts'

const ADD = {
  command: 'stake add',
  sentence: 'Adds BLY to your stake; the first time it registers this machine as an operator.',
  positionals: [{ name: 'AMOUNT', help: 'BLY', required: true }],
  flags: {
    ...PLACE_FLAGS,
    ...SIGN_FLAGS,
    role: { type: 'string', value: 'ROLE', help: 'first time: trainer, validator or server; several with commas' },
    peer: { type: 'string', value: 'URL', help: 'first time: where peers reach your node, as `blyan node` prints it' },
    class: { type: 'string', help: 'first time: what the machine is', choices: ['edge', 'cloud', 'browser'] },
    kind: { type: 'string', help: 'first time: the machine in your own words' },
    'worker-key': { type: 'string', value: 'KEY', help: 'first time: public key that the node signs with' },
    max: { type: 'bly', value: 'BLY', help: 'refuse to sign for more' },
  },
} as const

const REMOVE = {
  command: 'stake remove',
  sentence: 'Takes free stake out; it answers for earlier draws until its waiting time is over.',
  positionals: [{ name: 'AMOUNT', help: 'BLY', required: true }],
  flags: { ...PLACE_FLAGS, ...SIGN_FLAGS, max: { type: 'bly', value: 'BLY', help: 'refuse to sign for more' } },
} as const

const SHOW = {
  command: 'stake show',
  sentence: 'Shows the stake of an account: free, bound, being removed.',
  positionals: [{ name: 'ACCOUNT', help: 'default: the account of --key' }],
  flags: {
    ...PLACE_FLAGS,
    key: { type: 'string', value: 'FILE', help: 'key file; its account is shown' },
    json: { type: 'boolean', help: 'one JSON document' },
  },
} as const

const ROLES = ['trainer', 'validator', 'server']

export const run = (argv: string[]): Promise<number> => subcommand('stake', argv, { add, remove, keep, show })

async function add(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(ADD, argv)
  const amount = amountOf(positionals[0]!, 'AMOUNT')
  requireCeiling(amount, flags.max, 'This stakes')
  return withSession(flags, async (session) => {
    const { account } = session
    const [known, config] = [await nodeOf(session, account), await session.view(configView, 'get_config')]
    const message = isRegistered(known) ? topUp(flags) : registration(flags)
    const balance = BigInt(await session.bly.ft_balance_of({ account_id: account }))
    requireBalance(account, balance, amount)
    const after = BigInt(known?.stake ?? 0) + amount
    requireSeat(after, BigInt(config.seat))
    const missing = await missingStorage(session)
    const storage = missing.reduce((sum, { yocto }) => sum + yocto, 0n)
    say(flags.json, [
      `Stake ${showBly(amount, { as: 'cost' })} BLY of ${account}: ${shortBly(after)} in all, ${after / BigInt(config.seat)} seats.`,
      `  a seat   is ${shortBly(BigInt(config.seat))} BLY of your stake and one ticket in the draw for work; drawable ${config.age_ms === 0 ? 'at once' : `in ${span(config.age_ms)}`}`,
      '  risk     a drawn round binds a part of it, its bond; breaking the round’s rules costs up to that bond',
      `  leaving  takes ${span(config.unbonding_ms)} after ./blyan stake remove`,
      ...(storage > 0n ? [`  storage  ${aboutNear(storage)}, once, returned when you leave`] : []),
    ])
    await confirm(`Sign with ${account}?`, { yes: flags.yes })
    await payStorage(missing)
    const result = await sendBly(session, amount, { stake: message })
    requireEvent(result, 'stake_changed', account)
    return report(session, flags, account, `staked ${showBly(amount, { as: 'cost' })} BLY`, result.txHash)
  })
}

async function remove(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(REMOVE, argv)
  const amount = amountOf(positionals[0]!, 'AMOUNT')
  requireCeiling(amount, flags.max, 'This removes')
  return withSession(flags, async (session) => {
    const { account } = session
    const node = requireNode(await nodeOf(session, account), account)
    const config = await session.view(configView, 'get_config')
    const head = await session.head()
    const [free, stake, seat] = [BigInt(node.free), BigInt(node.stake), BigInt(config.seat)]
    if (amount > free) {
      throw new UsageError({
        what: `${account} has ${shortBly(free)} BLY free of ${shortBly(stake)}: ${shortBly(BigInt(node.locked))} are bonds of running rounds.`,
        fix:
          free === 0n
            ? 'Bonds free themselves when their task is payable; ask again then.'
            : `./blyan stake remove ${shortBly(free)}`,
        data: { field: 'AMOUNT', free: `${free}` },
      })
    }
    const at = head.at + config.unbonding_ms
    const seats = stake / seat - (stake - amount) / seat
    say(flags.json, [
      `Remove ${showBly(amount)} BLY of ${account}'s stake: ${shortBly(stake - amount)} stays.`,
      `  in hand  from ${clock(at, head.at)} (in ${span(config.unbonding_ms)}) by ./blyan claim; until then it answers for earlier draws`,
      `  forfeits ${seats === 0n ? 'no seat' : `${seats} ${seats === 1n ? 'seat' : 'seats'} in draws from now on`}; running rounds keep their bonds and pay`,
    ])
    await confirm(`Sign with ${account}?`, { yes: flags.yes })
    const result = await session.market.unstake({ amount: `${amount}` })
    requireEvent(result, 'stake_changed', account)
    return report(
      session,
      flags,
      account,
      `is removing ${showBly(amount)} BLY, in hand from ${clock(at, head.at)}`,
      result.txHash,
    )
  })
}

async function show(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SHOW, argv)
  if (positionals[0] === undefined && flags.key === undefined) {
    throw new UsageError({
      what: 'Whose stake? Neither an account nor --key was given.',
      fix: './blyan stake show ACCOUNT',
      data: { field: 'ACCOUNT' },
    })
  }
  return withSession(flags, async (session) => {
    const account = positionals[0] === undefined ? session.account : session.accountId(positionals[0])
    await session.client.account(account)
    return report(session, flags, account, null, null)
  })
}

/** A node that took everything out must name its roles again. */
const isRegistered = (node: NodeView | null): boolean =>
  node !== null && (BigInt(node.stake) > 0n || BigInt(node.locked) > 0n || node.unbonding.length > 0)

interface Registration {
  role?: string
  peer?: string
  class?: string
  kind?: string
  'worker-key'?: string
}

function topUp({ role, peer, class: kind, kind: words }: Registration): object {
  if (role !== undefined) rolesOf(role)
  return {
    ...(peer === undefined ? {} : { peer: peerUrl(peer) }),
    ...(kind && { class: kind }),
    ...(words && { kind: words }),
    ...(role && { roles: rolesOf(role) }),
  }
}

function registration({ role, peer, class: machine = 'cloud', kind = 'cpu', 'worker-key': key }: Registration): object {
  if (role === undefined) {
    throw new UsageError({
      what: 'A first stake names what the machine does.',
      fix: 'Add --role trainer, --role validator or --role trainer,validator.',
      data: { field: 'role' },
    })
  }
  if (peer === undefined) {
    throw new UsageError({
      what: 'A first stake names where peers reach your node: they fetch your work there.',
      fix: 'Add --peer URL with the address that ./blyan node prints, such as http://127.0.0.1:4401 with --peer-port 4401.',
      data: { field: 'peer' },
    })
  }
  return {
    roles: rolesOf(role),
    peer: peerUrl(peer),
    class: machine,
    kind,
    ...(key === undefined ? {} : { worker_key: key }),
  }
}

function rolesOf(text: string): string[] {
  const roles = text.split(',')
  const wrong = roles.find((role) => !ROLES.includes(role))
  if (wrong === undefined) return roles
  throw new UsageError({
    what: `--role is ${JSON.stringify(text)}; allowed are ${ROLES.join(', ')}, several with commas.`,
    fix: '--role trainer, for instance.',
    data: { field: 'role' },
  })
}

function peerUrl(text: string): string {
  if (z.url({ protocol: /^https?$/ }).safeParse(text).success && text.length <= 200) return text
  throw new UsageError({
    what: `--peer is ${JSON.stringify(text.slice(0, 80))}; an http address of at most 200 characters is needed.`,
    fix: 'Copy the address that ./blyan node prints as peer.',
    data: { field: 'peer' },
  })
}

function requireBalance(account: string, have: bigint, need: bigint): void {
  if (have >= need) return
  throw new UsageError({
    what: `${account} has ${shortBly(have)} BLY; ${showBly(need, { as: 'cost' })} are needed.`,
    fix: 'Stake less, or receive BLY first.',
    data: { field: 'AMOUNT', have: `${have}` },
  })
}

function requireSeat(stake: bigint, seat: bigint): void {
  if (stake >= seat) return
  throw new UsageError({
    what: `The stake would be ${shortBly(stake)} BLY; one seat needs ${shortBly(seat)}.`,
    fix: `./blyan stake add ${showBly(seat - stake, { as: 'cost' })} more.`,
    data: { field: 'AMOUNT' },
  })
}

/** `blyan stake keep`: stake that is leaving stays. What leaves last comes back first, so what leaves early keeps its time. */
import { shortBly, span } from '../../chain/client/why/index.ts'
import { formatBly } from '../../chain/lib/units.ts'
import { showBly } from './amount.ts'
import { parseArgs } from './args.ts'
import { confirm } from './ask.ts'
import { UsageError } from './errors.ts'
import { amountOf, requireCeiling, requireEvent } from './money.ts'
import { PLACE_FLAGS, SIGN_FLAGS, withSession } from './session.ts'
import { nodeOf, report, requireNode, say } from './stakeText.ts'
import { configView, type NodeView } from './views.ts'

const KEEP = {
  command: 'stake keep',
  sentence: 'Keeps stake that is leaving, the latest part first; its seats open anew.',
  positionals: [{ name: 'AMOUNT', help: 'BLY', required: true }],
  flags: { ...PLACE_FLAGS, ...SIGN_FLAGS, max: { type: 'bly', value: 'BLY', help: 'refuse to sign for more' } },
} as const

export async function keep(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(KEEP, argv)
  const amount = amountOf(positionals[0]!, 'AMOUNT')
  requireCeiling(amount, flags.max, 'This keeps')
  return withSession(flags, async (session) => {
    const { account } = session
    const node = requireNode(await nodeOf(session, account), account)
    const config = await session.view(configView, 'get_config')
    requireLeaving(node, amount)
    const [stake, seat] = [BigInt(node.stake), BigInt(config.seat)]
    const seats = (stake + amount) / seat - stake / seat
    const rest = leavingOf(node) - amount
    say(flags.json, [
      `Keep ${showBly(amount)} BLY of ${account} staked, the latest part first: ${shortBly(stake + amount)} of stake then.`,
      `  seats    ${seats === 0n ? 'none more' : `${seats} more, drawable ${config.age_ms === 0 ? 'at once' : `in ${span(config.age_ms)}`}`}; draws made meanwhile stay as they are`,
      '  risk     as with all stake: a drawn round binds a part of it, its bond',
      `  leaving  ${rest === 0n ? 'nothing then' : `${shortBly(rest)}, at the time it has now`}; removing it again takes ${span(config.unbonding_ms)} anew`,
    ])
    await confirm(`Sign with ${account}?`, { yes: flags.yes })
    const result = await session.market.restake({ amount: `${amount}` })
    requireEvent(result, 'stake_changed', account)
    return report(session, flags, account, `keeps ${showBly(amount)} BLY staked`, result.txHash)
  })
}

const leavingOf = ({ unbonding }: NodeView): bigint => unbonding.reduce((sum, part) => sum + BigInt(part.amount), 0n)

function requireLeaving(node: NodeView, amount: bigint): void {
  const leaving = leavingOf(node)
  if (amount > leaving) {
    throw new UsageError({
      what: `${shortBly(leaving)} BLY of ${node.account} are leaving; ${shortBly(amount)} were to be kept.`,
      fix: leaving === 0n ? `./blyan stake add ${formatBly(amount)}` : `./blyan stake keep ${formatBly(leaving)}`,
      data: { field: 'AMOUNT', leaving: `${leaving}` },
    })
  }
  if (node.may_restake !== false) return
  throw new UsageError({
    what: `${node.account} has closed more than twice its seats within one waiting time; stake comes back no oftener.`,
    fix: 'Wait until the first of them are that old, or add other BLY by ./blyan stake add.',
    data: { field: 'AMOUNT' },
  })
}

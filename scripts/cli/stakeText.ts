/** An account's stake, read and told in words: what the stake commands share. */
import { clock, shortBly, span } from '../../chain/client/why/index.ts'
import { EXIT, UsageError } from './errors.ts'
import { table } from './print.ts'
import type { Session } from './session.ts'
import { type NodeView, nodeView } from './views.ts'

export async function report(
  session: Session,
  { json }: { json: boolean },
  account: string,
  did: string | null,
  tx: string | null,
): Promise<number> {
  const node = await nodeOf(session, account)
  const head = await session.head()
  if (json) process.stdout.write(`${JSON.stringify({ account, tx, node, asOf: head }, null, 2)}\n`)
  else process.stdout.write(`${stakeText(account, node, head.at, did)}\n`)
  return EXIT.done
}

/** The stake in words. */
export function stakeText(account: string, node: NodeView | null, now: number, did: string | null): string {
  if (node === null)
    return `${account} has no stake here.\nnext  ./blyan stake add 200 --role trainer --peer URL --key FILE`
  const bly = (text: string) => shortBly(BigInt(text))
  const rows = [
    ['stake', `${bly(node.stake)} = ${bly(node.free)} free + ${bly(node.locked)} bonds · ${node.seats} seats`],
    ...node.unbonding.map(({ amount, at }) => [
      'leaving',
      at > now
        ? `${bly(amount)} from ${clock(at, now)} (in ${span(at - now)})`
        : `${bly(amount)} in hand by ./blyan claim`,
    ]),
    ['role', `${node.roles.join(', ')} · ${node.class}${node.kind === '' ? '' : ` · ${node.kind}`}`],
    ['peers', node.peer === '' ? 'no address: nobody can fetch your work' : node.peer],
    [
      'draws',
      node.parked ? 'not drawn: an earlier draw went unanswered; a running node reports back by itself' : 'takes part',
    ],
    ['earned', `payable ${bly(node.ledger.payable)}, locked ${bly(node.ledger.locked)}`],
  ]
  const sentence = did === null ? `${account} has ${bly(node.stake)} BLY staked.` : `${account} ${did}.`
  const next = BigInt(node.ledger.payable) > 0n ? './blyan claim' : `./blyan why ${account}`
  return `${sentence}\n${table(
    [{ title: '' }, { title: '' }],
    rows.map(([name, value]) => [`  ${name}`, value!]),
  )}\nnext  ${next}`
}

export const nodeOf = ({ view }: Session, account: string): Promise<NodeView | null> =>
  view(nodeView.nullable(), 'get_node', { account_id: account })

/** @throws UsageError */
export function requireNode(node: NodeView | null, account: string): NodeView {
  if (node !== null) return node
  throw new UsageError({
    what: `${account} has no stake here.`,
    fix: 'Check --key and --market; ./blyan stake show ACCOUNT looks another one up.',
    data: { field: 'key' },
  })
}

/** What is about to be signed; not where one JSON document is wanted. */
export function say(json: boolean, lines: readonly string[]): void {
  if (!json) process.stderr.write(`${lines.join('\n')}\n`)
}

/** `blyan bridge guard`: what the guardian alone may do: stop a side once, end a pause, stop a large transfer or new signers. */
import { guardianCall, nearGuardianCall, parseTransferId, sendNear } from '../../../chain/client/bridge/index.ts'
import { parseArgs } from '../args.ts'
import { confirm } from '../ask.ts'
import { EXIT, UsageError } from '../errors.ts'
import { print } from './follow.ts'
import { BRIDGE_FLAGS, type BridgeSession, openBridgeSession } from './session.ts'

const SPEC = {
  command: 'bridge guard',
  sentence: 'The guardian’s tools: pause, unpause, veto ID, veto-rotation.',
  positionals: [
    { name: 'ACTION', help: 'pause, unpause, veto or veto-rotation', required: true },
    { name: 'ID', help: 'veto: the transfer, delayed or queued' },
  ],
  flags: {
    ...BRIDGE_FLAGS,
    side: { type: 'string', help: 'which chain; both unless told', choices: ['near', 'evm'] },
    yes: { type: 'boolean', help: 'sign without a question' },
  },
} as const

type Action = Parameters<typeof guardianCall>[1]
type Side = 'near' | 'evm'

const WARNINGS: Readonly<Record<string, string>> = {
  pause: 'Nothing moves over this side for 72 hours or until you end it; you can do this once only.',
  unpause: 'Transfers move again at once.',
  veto: 'The transfer is never paid out there; its sender gets it back where it came from.',
  'veto-rotation': 'These next signers are refused for ever; others may be proposed.',
}

export async function guard(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const [name, id] = positionals as [string, string | undefined]
  const { action, sides } = actionOf(name, id, flags.side as Side | undefined)
  const session = openBridgeSession(flags)
  if (!flags.json) process.stderr.write(`${WARNINGS[name]}\n`)
  await confirm(`Sign ${name} on ${sides.join(' and ')} as the guardian?`, { yes: flags.yes })
  const txs: Record<string, string> = {}
  for (const side of sides) txs[side] = await act(session, side, action)
  if (flags.json) print({ type: 'done', at: Date.now(), action: name, id: id ?? null, txs })
  else process.stdout.write(`${name} is in force on ${sides.join(' and ')}.\nnext  ./blyan bridge status\n`)
  return EXIT.done
}

function actionOf(name: string, id: string | undefined, side: Side | undefined): { action: Action; sides: Side[] } {
  const sides: Side[] = side === undefined ? ['evm', 'near'] : [side]
  switch (name) {
    case 'pause':
      return { action: { pause: true }, sides }
    case 'unpause':
      return { action: { unpause: true }, sides }
    case 'veto-rotation':
      return { action: { vetoRotation: true }, sides }
    case 'veto': {
      const { direction, nonce } = parseTransferId(id ?? '')
      return { action: { veto: nonce }, sides: [direction === 'near-evm' ? 'evm' : 'near'] }
    }
    default:
      throw new UsageError({
        what: `There is no guardian's tool ${JSON.stringify(name)}.`,
        fix: 'Choose pause, unpause, veto ID or veto-rotation.',
        data: { field: 'ACTION' },
      })
  }
}

async function act(session: BridgeSession, side: Side, action: Action): Promise<string> {
  const { deployment, client } = session
  if (side === 'evm') return (await session.wallet().send(guardianCall(deployment, action))).transactionHash
  session.nearAccount()
  return (await sendNear(client, nearGuardianCall(deployment, action))).txHash
}

/** `blyan bridge credit`: what could not be delivered on NEAR and waits for its owner. */
import { collectCreditCall, sendNear } from '../../../chain/client/bridge/index.ts'
import { ONE_NEAR } from '../../../chain/lib/units.ts'
import { showBly } from '../amount.ts'
import { parseArgs } from '../args.ts'
import { confirm } from '../ask.ts'
import { EXIT } from '../errors.ts'
import { NoSuchEventError } from '../money.ts'
import { BRIDGE_FLAGS, openBridgeSession } from './session.ts'

const SPEC = {
  command: 'bridge credit',
  sentence: 'Shows and collects what the bridge owes you on NEAR because it could not be delivered.',
  flags: {
    ...BRIDGE_FLAGS,
    to: { type: 'string', value: 'ACCOUNT', help: 'another registered account that gets it' },
    show: { type: 'boolean', help: 'only show it' },
    yes: { type: 'boolean', help: 'sign without a question' },
    max: { type: 'bly', value: 'BLY', help: 'refuse to collect more' },
  },
} as const

export async function credit(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const session = openBridgeSession(flags)
  const account = session.nearAccount()
  const owed = await session.near.credit(account)
  if (owed === 0n || flags.show || (flags.max !== undefined && owed > flags.max)) {
    if (flags.json) print({ account, creditAtto: String(owed), collectedAtto: '0', tx: null })
    else process.stdout.write(`${account} has ${owed === 0n ? 'no credit' : `a credit of ${showBly(owed)} BLY`}.\n`)
    return EXIT.done
  }
  const to = flags.to ?? account
  const registered = await session.bly.storage_balance_of({ account_id: to })
  if (!flags.json) {
    const lines = [
      `Collect ${showBly(owed)} BLY, owed to ${account}, to ${to}.`,
      '  forfeits nothing; what cannot be delivered again stays a credit',
      ...(registered === null ? [`  register ${to} with BLY first: about 0.01 NEAR, once`] : []),
    ]
    process.stderr.write(`${lines.join('\n')}\n`)
  }
  await confirm(`Sign with ${account}?`, { yes: flags.yes })
  if (registered === null) {
    await session.bly.storage_deposit({ account_id: to, registration_only: true }, { deposit: ONE_NEAR / 100n })
  }
  const result = await sendNear(session.client, collectCreditCall(session.deployment, flags.to))
  if (!result.events.some(({ event }) => event === 'credit_collected')) {
    throw new NoSuchEventError({
      what: `The token refused the payment of ${showBly(owed)} BLY; it is a credit as before, nothing is lost.`,
      fix: 'Name another registered account with --to.',
      data: { tx: result.txHash, event: 'credit_collected' },
    })
  }
  if (flags.json) print({ account, to, creditAtto: '0', collectedAtto: String(owed), tx: result.txHash })
  else process.stdout.write(`${to} received ${showBly(owed)} BLY.\n`)
  return EXIT.done
}

const print = (json: object): void => void process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)

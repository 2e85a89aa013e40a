/** `blyan bridge`: BLY between NEAR and an EVM chain. */
import { carry } from './bridge/carry.ts'
import { credit } from './bridge/credit.ts'
import { guard } from './bridge/guard.ts'
import { propose } from './bridge/propose.ts'
import { send } from './bridge/send.ts'
import { list, status } from './bridge/status.ts'
import { subcommand } from './subcommand.ts'

export const run = (argv: string[]): Promise<number> =>
  subcommand('bridge', argv, { send, status, list, credit, carry, guard, propose })

/** `blyan index rebuild|hash|check`: the gateway's derived tables: made again, hashed, held against the contracts' views. */
import { z } from 'zod'
import { connect } from '../../chain/client/near/index.ts'
import { openSource } from '../../chain/client/near/source/index.ts'
import { NETWORKS } from '../../near.config.ts'
import { type OpenedDatabase, openDatabase } from '../../workers/gateway/database/index.ts'
import {
  bridgeOf,
  checkIndex,
  createFollower,
  type Difference,
  type Follower,
  hashIndex,
  marketViews,
} from '../../workers/gateway/follow/index.ts'
import { parseArgs } from './args.ts'
import { EXIT } from './errors.ts'
import { lifeLine, palette, table } from './print.ts'
import { subcommand } from './subcommand.ts'

const { rpcUrl, contracts: defaults } = NETWORKS.embedded

const FLAGS = {
  rpc: { type: 'string', value: 'URL', help: 'NEAR RPC', default: rpcUrl },
  dir: {
    type: 'string',
    value: 'DIR',
    help: 'the gateway’s folder; DATABASE_URL=postgres://… is used instead where it is set',
    default: '.blyan/gateway',
  },
  market: { type: 'string', value: 'ACCOUNT', help: 'the market contract', default: defaults.market },
  bly: { type: 'string', value: 'ACCOUNT', help: 'the token contract', default: defaults.bly },
  bridge: { type: 'string', value: 'ACCOUNT', help: 'the bridge contract, where the gateway follows one' },
  json: { type: 'boolean', help: 'one JSON document' },
} as const

const REBUILD = {
  command: 'index rebuild',
  sentence:
    'Drops schema chain and follows the chain again from its first block; people’s own data stays. In place: whoever reads meanwhile sees it grow.',
  flags: {
    ...FLAGS,
    from: {
      type: 'integer',
      help: 'first block, where the contracts are younger than the chain',
      default: '0',
      min: 0,
    },
  },
} as const
const HASH = {
  command: 'index hash',
  sentence: 'Hashes every derived table: two indexes of one chain at one height have the same.',
  flags: FLAGS,
} as const
const CHECK = {
  command: 'index check',
  sentence:
    'Follows to the newest block and compares the index with the contracts’ own views there; 1 when they differ.',
  flags: FLAGS,
} as const

/** Between two lines of life, ms. */
const LIFE_MS = 2_000

export const run = (argv: string[]): Promise<number> => subcommand('index', argv, { rebuild, hash, check })

async function rebuild(argv: string[]): Promise<number> {
  const { flags } = parseArgs(REBUILD, argv)
  return withIndex({ ...flags, rebuild: true }, async ({ db, follower, signal }) => {
    await (await follower()).catchUp(signal)
    return report(flags.json, db, [])
  })
}

async function hash(argv: string[]): Promise<number> {
  const { flags } = parseArgs(HASH, argv)
  return withIndex(flags, ({ db }) => report(flags.json, db, []))
}

async function check(argv: string[]): Promise<number> {
  const { flags } = parseArgs(CHECK, argv)
  return withIndex(flags, async ({ db, follower, signal }) => {
    await (await follower()).catchUp(signal)
    const { rpc } = connect({ rpcUrl: flags.rpc })
    const bridge = flags.bridge ?? (await bridgeOf(db.db))
    const { differences, compared } = await checkIndex(db.db, rpc, { ...flags, bridge }, signal)
    return report(flags.json, db, differences, compared)
  })
}

interface Place {
  rpc: string
  dir: string
  market: string
  bly: string
  bridge?: string
  rebuild?: boolean
  from?: number
}
interface Opened {
  db: OpenedDatabase
  follower(): Promise<Follower>
  signal: AbortSignal
}

async function withIndex(place: Place, work: (opened: Opened) => Promise<number>): Promise<number> {
  const url = z.string().optional().parse(process.env.DATABASE_URL)
  const db = await openDatabase({ dir: place.dir, url, what: 'blyan index', rebuild: place.rebuild === true })
  const stop = new AbortController()
  const interrupt = () => stop.abort(new Error('interrupted'))
  process.once('SIGINT', interrupt)
  try {
    return await work({ db, follower: () => makeFollower(place, db), signal: stop.signal })
  } catch (error) {
    if (!stop.signal.aborted) throw error
    process.stderr.write('Stopped. What was followed is kept; the next command goes on from there.\n')
    return EXIT.interrupted
  } finally {
    process.off('SIGINT', interrupt)
    await db.close()
  }
}

async function makeFollower({ rpc, market, bly, from, ...place }: Place, db: OpenedDatabase): Promise<Follower> {
  const client = connect({ rpcUrl: rpc })
  const bridge = place.bridge ?? (await bridgeOf(db.db))
  const startedAt = Date.now()
  let told = startedAt
  let events = 0
  const say = (what: string, data?: object) =>
    process.stderr.write(`${lifeLine(Date.now() - startedAt, 'index', what)} ${data ? JSON.stringify(data) : ''}\n`)
  return createFollower({
    db,
    source: await openSource(client.rpc, bridge === null ? [bly, market] : [bly, market, bridge]),
    views: marketViews(client, market),
    contracts: { bly, market, bridge },
    log: { info: say, warn: say, error: say },
    now: Date.now,
    startHeight: from,
    onProgress(progress) {
      events += progress.events
      if (Date.now() - told < LIFE_MS) return
      told = Date.now()
      const rate = Math.round((events * 1000) / (told - startedAt))
      say(`block ${progress.height} of ${progress.head} · ${events} events · ${rate}/s`)
    },
  })
}

async function report(
  json: boolean,
  db: OpenedDatabase,
  differences: readonly Difference[],
  compared: number | null = null,
): Promise<number> {
  const { position, sha256, tables } = await hashIndex(db.db)
  const exit = differences.length === 0 ? EXIT.done : EXIT.failed
  if (json) {
    const { height = null, hash: blockHash = null } = position ?? {}
    const document = { schema: 'blyan.index/1', height, blockHash, sha256, tables, differences }
    process.stdout.write(`${JSON.stringify(document)}\n`)
    return exit
  }
  const paint = palette()
  const rows = Object.entries(tables).map(([name, each]) => [name, String(each.rows), each.sha256])
  const columns = [{ title: 'table' }, { title: 'rows', align: 'right' as const }, { title: 'sha256' }]
  const lines = [
    `Index at block ${position?.height ?? 'none'} (${db.kind})`,
    table(columns, rows),
    `sha256 ${paint.strong(sha256)}`,
  ]
  if (compared !== null && differences.length === 0)
    lines.push(paint.ok(`${compared} fields equal the contracts’ views.`))
  if (differences.length > 0) {
    lines.push(paint.bad(`${differences.length} of ${compared} fields differ from the contracts’ views:`))
    lines.push(
      table(
        [{ title: 'table' }, { title: 'key' }, { title: 'field' }, { title: 'index' }, { title: 'chain' }],
        differences.map((each) => [each.table, each.key, each.field, each.index ?? '–', each.chain ?? '–']),
      ),
      'Run `blyan index rebuild`; if it differs again, this version does not fit the deployed contracts.',
    )
  }
  process.stdout.write(`${lines.join('\n')}\n`)
  return exit
}

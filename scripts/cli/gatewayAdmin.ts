/** `blyan gateway admin`: keys, limits, audit log and relay of the gateway on this machine, running or stopped. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { redisBus } from '../../workers/gateway/bus/index.ts'
import { askAdmin, busRevocations, openStopped } from '../../workers/gateway/identity/index.ts'
import { parseArgs } from './args.ts'
import { EXIT, UsageError } from './errors.ts'
import { auditText, keysText, plainText } from './gatewayAdminText.ts'
import { subcommand } from './subcommand.ts'

const PLACE = {
  dir: { type: 'string', value: 'DIR', help: 'folder of the gateway', default: '.blyan/gateway' },
  json: { type: 'boolean', help: 'one JSON document' },
} as const

const KEYS = {
  command: 'gateway admin keys',
  sentence: 'Lists the API keys of all users, or ends one at once.',
  positionals: [
    { name: 'list|revoke|rotate', help: 'list unless told; rotate: a new key for access tokens' },
    { name: 'ID', help: 'of the key to revoke' },
  ],
  flags: {
    ...PLACE,
    user: { type: 'string', value: 'USER', help: 'of this user alone, such as near:alice.near' },
    limit: { type: 'integer', value: 'N', help: 'newest so many', default: '100', min: 1, max: 1000 },
  },
} as const
const AUDIT = {
  command: 'gateway admin audit',
  sentence: 'Verifies the audit log from its first entry and shows the newest; exit code 1 when it was changed.',
  flags: {
    ...PLACE,
    limit: { type: 'integer', value: 'N', help: 'newest so many are shown', default: '20', min: 0, max: 1000 },
  },
} as const
const LIMITS = {
  command: 'gateway admin limits',
  sentence: 'Shows how much a visitor may ask of the running gateway.',
  flags: PLACE,
} as const
const RELAY = {
  command: 'gateway admin relay',
  sentence: 'Shows the relay’s budgets and what was spent today.',
  flags: PLACE,
} as const

export const run = (argv: string[]): Promise<number> =>
  subcommand('gateway admin', argv, { keys, audit, limits: plain('limits', LIMITS), relay: plain('relay', RELAY) })

async function keys(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(KEYS, argv)
  const [act = 'list', id] = positionals
  if (act === 'revoke' && id !== undefined)
    return show(flags, 'keys revoke', { id }, () => `${id} opens nothing any more`)
  if (act === 'rotate') return show(flags, 'keys rotate', {}, () => 'New access tokens are signed by a new key.')
  if (act !== 'list') {
    throw new UsageError({
      what:
        act === 'revoke' ? 'Which key? Its id is missing.' : `${JSON.stringify(act)} is none of list, revoke, rotate.`,
      fix: './blyan gateway admin keys revoke ID',
      data: { field: act === 'revoke' ? 'ID' : 'list|revoke|rotate' },
    })
  }
  return show(flags, 'keys', { user: flags.user ?? null, limit: flags.limit }, keysText)
}

async function audit(argv: string[]): Promise<number> {
  const { flags } = parseArgs(AUDIT, argv)
  let code: number = EXIT.failed
  await show(flags, 'audit', { limit: flags.limit }, auditText, (found) => {
    code = (found as { broken: unknown }).broken === null ? EXIT.done : EXIT.failed
  })
  return code
}

const plain = (name: string, spec: typeof LIMITS | typeof RELAY) => async (argv: string[]) =>
  show(parseArgs(spec, argv).flags, name, {}, plainText)

async function show(
  { dir, json }: { dir: string; json: boolean },
  name: string,
  input: object,
  text: (found: never) => string,
  look: (found: unknown) => void = () => {},
): Promise<number> {
  const folder = resolve(dir)
  const running = await askAdmin(folder, name, input)
  const found = running === null ? await askStopped(folder, name, input) : running.value
  look(found)
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : `${text(found as never)}\n`)
  return EXIT.done
}

/** What no database holds. */
const ONLY_RUNNING = ['limits', 'relay', 'keys rotate']

async function askStopped(dir: string, name: string, input: object): Promise<unknown> {
  const { DATABASE_URL: url, REDIS_URL } = process.env
  if (ONLY_RUNNING.includes(name) || (!url && !existsSync(join(dir, 'pglite')))) throw noGateway(dir, name)
  const bus = REDIS_URL ? await redisBus(REDIS_URL) : null
  const log = { info() {}, warn() {}, error() {} }
  const revocations = bus === null ? undefined : await busRevocations(bus, log)
  const random = (bytes: number) => Uint8Array.from(randomBytes(bytes))
  try {
    const { handlers, close } = await openStopped({ dir, url, now: Date.now, random, revocations })
    try {
      return await handlers[name]!(input)
    } finally {
      await close()
    }
  } finally {
    await revocations?.close()
    await bus?.close()
  }
}

const noGateway = (dir: string, name: string): UsageError =>
  new UsageError({
    what: `No gateway runs in ${dir} that could answer for its ${name}.`,
    fix: `Start it: ./blyan gateway --dir ${dir}; or name its folder with --dir.`,
    data: { field: 'dir' },
  })

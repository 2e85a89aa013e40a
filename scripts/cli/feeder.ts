/** `blyan feeder`: reports what several sources of prices agree on to the oracle, until it is stopped. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pino from 'pino'
import { signNatively } from '../../chain/node/nativeKeys.ts'
import { readFeederConfig, startFeeder } from '../../oracle/feeder/index.ts'
import { lockKey, readKeyFile } from '../../workers/node/keyFile.ts'
import { parseArgs } from './args.ts'
import { EXIT } from './errors.ts'

const SPEC = {
  command: 'feeder',
  sentence: 'Reports what several sources of prices agree on to the oracle.',
  flags: {
    config: { type: 'string', value: 'FILE', help: 'sources, spread and interval', required: true },
    key: { type: 'string', value: 'FILE', help: 'key file of the feeder’s account, mode 0600', required: true },
    dir: { type: 'string', value: 'DIR', help: 'its log', default: '.blyan/feeder' },
    port: {
      type: 'integer',
      value: 'P',
      help: 'metrics and state; 0 takes a free one',
      default: '0',
      min: 0,
      max: 65_535,
    },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const config = readFeederConfig(flags.config)
  const key = readKeyFile(flags.key)
  const release = lockKey(flags.key)
  const log = openLog(resolve(flags.dir))
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal))
  try {
    const { url, done } = await startFeeder({
      config,
      key,
      sign: signNatively,
      port: flags.port,
      log,
      now: Date.now,
      random: (bytes) => Uint8Array.from(randomBytes(bytes)),
      signal: stop.signal,
    })
    const ready = { type: 'ready', at: Date.now(), url, account: key.accountId, oracle: config.oracle }
    process.stdout.write(`${JSON.stringify(ready)}\n`)
    await done
    return stop.signal.reason === 'SIGINT' ? EXIT.interrupted : EXIT.done
  } finally {
    release()
  }
}

/** JSON lines into the folder and to standard error. */
function openLog(dir: string) {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = pino.destination({ dest: join(dir, 'feeder.log'), sync: true, mode: 0o600 })
  const logger = pino(
    { base: null, messageKey: 'what', timestamp: pino.stdTimeFunctions.epochTime },
    pino.multistream([{ stream: file }, { stream: process.stderr }]),
  )
  return {
    info: (what: string, data: Record<string, unknown> = {}) => logger.info(data, what),
    warn: (what: string, data: Record<string, unknown> = {}) => logger.warn(data, what),
    error: (what: string, data: Record<string, unknown> = {}) => logger.error(data, what),
  }
}

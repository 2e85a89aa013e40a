/** `blyan relayer`: carries signed transfers between NEAR and EVM until it is stopped. Holds gas money alone. */
import { resolve } from 'node:path'
import pino from 'pino'
import { signNatively } from '../../chain/node/nativeKeys.ts'
import { startRelayer } from '../../oracle/relayer/start.ts'
import { readKeyFile } from '../../workers/node/keyFile.ts'
import { readEvmKey } from '../bridge/evmKey.ts'
import { readDeployment } from '../bridge/readDeployment.ts'
import { parseArgs } from './args.ts'

const GWEI = 10n ** 9n

const SPEC = {
  command: 'relayer',
  sentence: 'Carries signed transfers between NEAR and EVM; anyone may, it holds gas money alone.',
  flags: {
    deployment: { type: 'string', value: 'FILE', help: 'bridge.json: contracts and signers', required: true },
    'near-key': { type: 'string', value: 'FILE', help: 'key file of a NEAR account with gas money', required: true },
    'evm-key': { type: 'string', value: 'FILE', help: 'key file of an EVM account with gas money', required: true },
    dir: { type: 'string', value: 'DIR', help: 'its own folder, for what it has under way', required: true },
    port: {
      type: 'integer',
      value: 'P',
      help: 'port of its status; 0 takes a free one',
      default: '0',
      min: 0,
      max: 65_535,
    },
    'fee-cap': { type: 'integer', value: 'GWEI', help: 'never pay more for a unit of EVM gas', default: '300', min: 1 },
    stuck: { type: 'integer', value: 'S', help: 'raise the fee of what is not mined after', default: '60', min: 1 },
    poll: { type: 'integer', value: 'MS', help: 'time between rounds', default: '1000', min: 50 },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const logger = pino(
    { base: null, messageKey: 'what', timestamp: pino.stdTimeFunctions.epochTime },
    pino.destination(2),
  )
  const interrupted = new Promise<NodeJS.Signals>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done(signal))
  })
  const { accountId, secretKey } = readKeyFile(flags['near-key'])
  const relayer = await startRelayer({
    deployment: readDeployment(flags.deployment),
    nearKey: { accountId, secretKey },
    evmKey: readEvmKey(flags['evm-key']).privateKey,
    dir: resolve(flags.dir),
    port: flags.port,
    feeCapWei: BigInt(flags['fee-cap']) * GWEI,
    stuckMs: flags.stuck * 1000,
    pollMs: flags.poll,
    sign: signNatively,
    log: (level, what, data) => logger[level](data, what),
  })
  const line = { type: 'ready', at: Date.now(), url: relayer.url, near: accountId, evm: relayer.evmAddress }
  process.stdout.write(`${JSON.stringify(line)}\n`)
  const end = await Promise.race([interrupted, relayer.done])
  await relayer.stop()
  return end === 'SIGINT' ? 130 : 0
}

/** `blyan node`: one daemon on this machine, until it is stopped. */
import { NETWORKS } from '../../near.config.ts'
import { startNode } from '../../workers/node/start.ts'
import { honest, type Strategy } from '../../workers/node/strategy.ts'
import { parseArgs } from './args.ts'

const SPEC = {
  command: 'node',
  sentence: 'Earns with this machine: trains, checks the work of others, or serves a task of yours.',
  flags: {
    role: {
      type: 'string',
      help: 'what it does',
      choices: ['trainer', 'validator', 'server', 'requester'],
      required: true,
    },
    rpc: { type: 'string', help: 'NEAR RPC', value: 'URL', default: NETWORKS.embedded.rpcUrl },
    key: { type: 'string', help: 'key file of the operator, mode 0600', value: 'FILE', required: true },
    dir: { type: 'string', help: "the daemon's own folder", value: 'DIR', required: true },
    ipfs: { type: 'string', help: "a Kubo node's RPC instead of its own store", value: 'URL' },
    market: {
      type: 'string',
      help: 'the market contract',
      value: 'ACCOUNT',
      default: NETWORKS.embedded.contracts.market,
    },
    host: { type: 'string', help: 'address on which peers fetch its blocks', default: '127.0.0.1' },
    'peer-port': { type: 'integer', help: 'port for that; 0 takes a free one', default: '0', min: 0, max: 65_535 },
    'serve-port': {
      type: 'integer',
      help: 'server: a port of its own for answers; 0 takes a free one',
      min: 0,
      max: 65_535,
    },
    'serve-host': { type: 'string', help: 'server: names under which it is reached, by commas', value: 'NAMES' },
    json: { type: 'boolean', help: 'JSON Lines instead of sentences' },
  },
} as const

export const run = (argv: string[]): Promise<number> => runNode(argv, honest)

/** The command with its way of working handed in: the attack tests start the very same daemon with another one. */
export async function runNode(argv: string[], strategy: Strategy): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const say = (type: string, data: Record<string, unknown>): void => {
    if (flags.json) process.stdout.write(`${JSON.stringify({ type, at: Date.now(), ...data })}\n`)
    else process.stdout.write(`${sentence(type, data)}\n`)
  }
  const node = await startNode({
    rpcUrl: flags.rpc,
    keyFile: flags.key,
    dir: flags.dir,
    market: flags.market,
    ipfsUrl: flags.ipfs,
    host: flags.host,
    peerPort: flags['peer-port'],
    ...(flags.role === 'server' && {
      serve: {
        port: flags['serve-port'],
        hosts: flags['serve-host']?.toLowerCase().split(',').filter(Boolean),
      },
    }),
    strategy,
    signal: stop.signal,
    log: (what, data = {}) => say(what, data),
  })
  say('ready', { account: node.operator.account, role: flags.role, peer: node.peerUrl, serve: node.serveUrl })
  await node.done
  return 0
}

function sentence(type: string, data: Record<string, unknown>): string {
  const time = new Date().toISOString().slice(11, 19)
  const details = Object.entries(data).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  )
  return `${time}  ${type}  ${details.join(' · ')}`
}

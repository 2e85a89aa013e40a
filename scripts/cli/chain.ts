/** `blyan chain`: the embedded NEAR chain as a server, until it is interrupted. */
import { resolve } from 'node:path'
import { parseOrigins } from '../../chain/lib/visitors.ts'
import { startChainNode } from '../../chain/node/index.ts'
import { parseArgs } from './args.ts'

const SPEC = {
  command: 'chain',
  sentence: 'Runs the embedded NEAR chain for contract developers.',
  flags: {
    dir: { type: 'string', value: 'DIR', help: 'folder of the chain, its key and its lock', default: '.blyan/chain' },
    port: {
      type: 'integer',
      value: 'P',
      help: 'port of the JSON-RPC; 0 takes a free one',
      default: '3030',
      min: 0,
      max: 65_535,
    },
    interval: {
      type: 'integer',
      value: 'MS',
      help: 'time between blocks when nothing happens; 0 mines on demand',
      default: '500',
      min: 0,
      max: 3_600_000,
    },
    protocol: {
      type: 'string',
      value: 'V',
      help: 'NEAR protocol version of a new chain',
      default: '86',
      choices: ['86', '87'],
    },
    'chain-id': { type: 'string', value: 'ID', help: 'chain id of a new chain', default: 'blyan-local' },
    origin: {
      type: 'string',
      value: 'URL[,URL]',
      help: 'web pages that may call the RPC, by origin; none unless listed, and none the sandbox methods',
    },
    seed: { type: 'string', help: 'makes the root key known beforehand; never where money is' },
    json: { type: 'boolean', help: 'JSON Lines' },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const node = await startChainNode({
    dir: resolve(flags.dir),
    port: flags.port,
    intervalMs: flags.interval,
    protocolVersion: Number(flags.protocol),
    chainId: flags['chain-id'],
    seed: flags.seed,
    origins: parseOrigins(flags.origin ?? ''),
  })
  const { rpc, chain, rootKey } = node
  const { header } = chain.ledger.head
  if (flags.json) {
    const ready = {
      type: 'ready',
      at: Date.now(),
      url: rpc.url,
      port: rpc.port,
      chainId: chain.ledger.genesis.chainId,
      protocolVersion: chain.ledger.genesis.protocolVersion,
      height: Number(header.height),
      rootAccount: rootKey.account_id,
    }
    process.stdout.write(`${JSON.stringify(ready)}\n`)
  } else {
    process.stdout.write(
      [
        `NEAR RPC        ${rpc.url}`,
        `Chain           ${chain.ledger.genesis.chainId}, protocol ${chain.ledger.genesis.protocolVersion}, height ${header.height}`,
        `Root account    ${rootKey.account_id}, key in ${resolve(flags.dir, 'validator_key.json')}`,
        'Ctrl-C stops it; the chain goes on from here next time.',
        '',
      ].join('\n'),
    )
  }
  const interrupted = await untilSignal()
  await node.stop()
  return interrupted === 'SIGINT' ? 130 : 0
}

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}

/** The EVM chain of the embedded network as a process: one JSON line when it answers, then it runs until SIGTERM. */
import { parseArgs } from '../cli/args.ts'
import { HelpRequest, UsageError } from '../cli/errors.ts'
import { type EvmNode, startEvmNode } from './network.ts'

const ADDRESS = /^0x[0-9a-fA-F]{40}$/

const SPEC = {
  command: 'evm-node',
  sentence: 'Serves an EVM chain of one node on 127.0.0.1, in memory, until it is stopped.',
  flags: {
    port: { type: 'integer', value: 'P', help: 'port; 0 takes a free one', default: '0', min: 0, max: 65_535 },
    'chain-id': { type: 'integer', value: 'ID', help: 'EIP-155 chain id', default: '31337', min: 1 },
    fund: { type: 'string', value: 'ADDRESS[,ADDRESS]', help: 'who begins with 10,000 ETH of it', default: '' },
    block: { type: 'integer', value: 'MS', help: 'time between empty blocks', default: '1000', min: 50 },
    cheats: { type: 'boolean', help: 'serve hardhat_* and evm_* too: balances, rollbacks, clock' },
  },
} as const

async function start(argv: readonly string[]): Promise<EvmNode> {
  const { flags } = parseArgs(SPEC, argv)
  const fund = flags.fund === '' ? [] : flags.fund.split(',')
  const wrong = fund.find((address) => !ADDRESS.test(address))
  if (wrong !== undefined) {
    throw new UsageError({
      what: `--fund ${JSON.stringify(wrong)} is no EVM address.`,
      fix: 'Give 0x and 40 hex digits.',
      data: { field: 'fund' },
    })
  }
  const { port, block: blockMs, cheats } = flags
  return startEvmNode({ port, chainId: flags['chain-id'], fund, blockMs, cheats })
}

try {
  const node = await start(process.argv.slice(2))
  process.stdout.write(`${JSON.stringify({ type: 'ready', url: node.url, chainId: node.chainId })}\n`)
  // The machine under it may hold work of its own for a while; everything of this chain is in memory anyway.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void node.close().finally(() => process.exit(0)))
  }
} catch (error) {
  if (error instanceof HelpRequest) process.stdout.write(`${error.message}\n`)
  else process.stderr.write(`${error instanceof UsageError ? `${error.what}\n${error.fix}` : String(error)}\n`)
  process.exit(error instanceof HelpRequest ? 0 : error instanceof UsageError ? 2 : 1)
}

/** `blyan chain market`: puts token and market on a development chain, so that people can try them in terminals. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { NearRpcError } from '../../chain/client/near/errors.ts'
import { NETWORKS } from '../../near.config.ts'
import { buildContracts } from '../build/contracts.ts'
import { BANK, deployContracts, openBank } from '../up/bootstrap.ts'
import { parseArgs } from './args.ts'
import { EXIT, UsageError } from './errors.ts'

const SPEC = {
  command: 'chain market',
  sentence: 'Deploys BLY and the market on a running development chain; the whole supply goes to a bank account.',
  flags: {
    dir: {
      type: 'string',
      value: 'DIR',
      help: 'folder of that chain: its key is used, new keys go there',
      default: '.blyan/chain',
    },
    rpc: { type: 'string', value: 'URL', help: 'where it answers', default: NETWORKS.embedded.rpcUrl },
    json: { type: 'boolean', help: 'one JSON document' },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const dir = resolve(flags.dir)
  const network = { ...NETWORKS.embedded, rpcUrl: flags.rpc }
  const { bly, market } = network.contracts
  const bank = openBank({ rpcUrl: flags.rpc, dir, network })
  if (await accountExists(bank.client, market)) {
    throw new UsageError({
      what: `${market} exists on this chain already.`,
      fix: 'Make accounts with ./blyan chain account NAME, or start a new chain in another folder.',
      data: { field: 'dir' },
    })
  }
  const built = await buildContracts({ names: ['bly', 'market'], quiet: flags.json })
  const pathOf = (name: string): string => built.find((each) => each.name === name)!.wasmPath
  await deployContracts(bank, { bly: pathOf('bly'), market: pathOf('market') })
  // Commands with --dir ask the running chain there.
  writeFileSync(join(dir, 'network.json'), `${JSON.stringify({ rpcUrl: flags.rpc })}\n`)
  const done = { contracts: { bly, market }, bank: BANK, rpcUrl: flags.rpc }
  if (flags.json) process.stdout.write(`${JSON.stringify(done)}\n`)
  else {
    process.stdout.write(
      `Token ${bly} and market ${market} are deployed; ${BANK} holds all 1,000,000,000 BLY.\nnext  ./blyan chain account NAME --bly 500 --dir ${flags.dir}\n`,
    )
  }
  return EXIT.done
}

/** Whether an account is on the chain. */
export async function accountExists(client: { account(id: string): Promise<unknown> }, id: string): Promise<boolean> {
  try {
    await client.account(id)
    return true
  } catch (error) {
    if (error instanceof NearRpcError && error.data.cause === 'UNKNOWN_ACCOUNT') return false
    throw error
  }
}

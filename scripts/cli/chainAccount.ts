/** `blyan chain account NAME`: an account with a key file, NEAR for gas and BLY, on a development chain. */
import { relative, resolve } from 'node:path'
import { isSubAccountOf, isValidAccountId } from '../../chain/lib/accountId.ts'
import { NETWORKS } from '../../near.config.ts'
import { openBank } from '../up/bootstrap.ts'
import { keyPath } from '../up/keys.ts'
import { showBly } from './amount.ts'
import { parseArgs } from './args.ts'
import { accountExists } from './chainMarket.ts'
import { EXIT, UsageError } from './errors.ts'

const ROOT = 'test.near'

const SPEC = {
  command: 'chain account',
  sentence: 'Makes an account on a development chain: key file, NEAR for gas, BLY from the bank.',
  positionals: [{ name: 'NAME', help: 'alice stands for alice.test.near', required: true }],
  flags: {
    dir: { type: 'string', value: 'DIR', help: 'folder of that chain', default: '.blyan/chain' },
    rpc: { type: 'string', value: 'URL', help: 'where it answers', default: NETWORKS.embedded.rpcUrl },
    bly: { type: 'bly', help: 'BLY that it gets', default: '0' },
    json: { type: 'boolean', help: 'one JSON document' },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const account = accountOf(positionals[0]!)
  const dir = resolve(flags.dir)
  const bank = openBank({ rpcUrl: flags.rpc, dir, network: { ...NETWORKS.embedded, rpcUrl: flags.rpc } })
  if (!(await accountExists(bank.client, bank.network.contracts.market))) {
    throw new UsageError({
      what: 'There is no market on this chain yet, so no BLY.',
      fix: `./blyan chain market --dir ${flags.dir}`,
      data: { field: 'dir' },
    })
  }
  if (await accountExists(bank.client, account)) {
    throw new UsageError({
      what: `${account} exists already.`,
      fix: `Its key lies in ${keyPath(flags.dir, account)} if it was made here; choose another name otherwise.`,
      data: { field: 'NAME' },
    })
  }
  await bank.open(account, flags.bly)
  const near = relative(process.cwd(), keyPath(dir, account))
  const key = near.startsWith('..') ? keyPath(dir, account) : near
  if (flags.json) process.stdout.write(`${JSON.stringify({ account, key, blyAtto: `${flags.bly}` })}\n`)
  else process.stdout.write(`${account} holds ${showBly(flags.bly)} BLY and 20 NEAR; its key is ${key}\n`)
  return EXIT.done
}

function accountOf(name: string): string {
  const account = name.includes('.') ? name : `${name}.${ROOT}`
  if (isValidAccountId(account) && isSubAccountOf(account, ROOT)) return account
  throw new UsageError({
    what: `${JSON.stringify(name.slice(0, 80))} is no name of an account here.`,
    fix: `Use 2 to 64 of a-z, 0-9, - and _, such as alice: it becomes alice.${ROOT}.`,
    data: { field: 'NAME' },
  })
}

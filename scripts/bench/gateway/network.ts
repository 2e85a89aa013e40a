/** The least network that a gateway can be measured on: chain, contracts, one operator, gateway; all processes of their own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NETWORKS } from '../../../near.config.ts'
import { buildContracts } from '../../build/contracts.ts'
import { type Bank, bly, deployContracts, openBank } from '../../up/bootstrap.ts'
import { gatewayArgs } from '../../up/commands.ts'
import { GATEWAY } from '../../up/fleetPlan.ts'
import { createFleet, type Fleet } from '../../up/processes.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

export interface BenchNetwork {
  readonly dir: string
  readonly rpcUrl: string
  /** Of the gateway. */
  readonly url: string
  readonly bank: Bank
  readonly fleet: Fleet
  close(): Promise<void>
}

/** @param intervalMs between blocks when nothing happens */
export async function startBenchNetwork({ intervalMs }: { intervalMs: number }): Promise<BenchNetwork> {
  const dir = mkdtempSync(join(tmpdir(), 'blyan-bench-'))
  const fleet = createFleet(join(dir, 'log'), ROOT)
  const close = async (): Promise<void> => {
    await fleet.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const built = await buildContracts({ names: ['bly', 'market'], quiet: true })
    const wasmOf = (name: string): string => built.find((each) => each.name === name)!.wasmPath
    const chain = fleet.start({
      role: 'chain',
      account: 'chain',
      script: 'scripts/cli/main.ts',
      args: ['chain', '--dir', dir, '--port', '0', '--interval', String(intervalMs), '--json'],
    })
    const rpcUrl = `http://127.0.0.1:${(await chain.line('ready')).port}`
    const bank = openBank({ rpcUrl, dir, network: { ...NETWORKS.embedded, rpcUrl } })
    await deployContracts(bank, { bly: wasmOf('bly'), market: wasmOf('market') })
    await bank.open(GATEWAY, 0n)
    const gateway = fleet.start({
      role: 'gateway',
      account: GATEWAY,
      script: 'scripts/cli/main.ts',
      args: gatewayArgs({ rpcUrl, dir, port: 0 }),
    })
    const url = String((await gateway.line('ready')).url)
    return { dir, rpcUrl, url, bank, fleet, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** An operator of the network that runs no program: enough for draws. */
export async function addOperator(bank: Bank, name: string, role: 'trainer' | 'validator'): Promise<string> {
  const account = `${name}.test.near`
  await bank.open(account, bly(5_000))
  await bank.stake(account, bly(2_000), { roles: [role], kind: 'cpu', class: 'edge', peer: 'http://127.0.0.1:1' })
  return account
}

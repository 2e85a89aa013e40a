/** The command lines of the network's processes, as a person would type them; members' are in the fleet's plan. */
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DEMO } from '../cli/task/order.ts'
import { GATEWAY, REQUESTER } from './fleetPlan.ts'
import { keyPath } from './keys.ts'

/** Where people expect the page. */
export const PAGE_PORT = 4173

/** The port when it is free, else any that is. */
export async function portFor(wanted: number): Promise<number> {
  return (await listenOnce(wanted)) ?? (await listenOnce(0))!
}

function listenOnce(port: number): Promise<number | null> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as AddressInfo
      server.close(() => resolve(bound))
    })
  })
}

/** Origins under which a browser knows the page of this machine. */
export const pageOrigins = (port: number): string => `http://127.0.0.1:${port},http://localhost:${port}`

export function gatewayArgs({
  rpcUrl,
  dir,
  port,
  bridge,
}: {
  rpcUrl: string
  dir: string
  port: number
  /** bridge.json, where there is a bridge. */
  bridge?: string
}): string[] {
  const flags = {
    rpc: rpcUrl,
    dir: join(dir, 'gateway'),
    port,
    key: keyPath(dir, GATEWAY),
    ...(bridge !== undefined && { bridge }),
    // The network's own purse: only the embedded network has one, and only there is it given away.
    faucet: dir,
  }
  return ['gateway', ...words(flags), '--json']
}

export function chainArgs({ dir, port, pagePort }: { dir: string; port: number; pagePort: number }): string[] {
  const flags = { dir, port, interval: 1000, origin: pageOrigins(pagePort) }
  return ['chain', ...words(flags), '--json']
}

export function requesterArgs({
  rpcUrl,
  dir,
  seed,
  rounds,
  steps,
  segments,
}: Record<'rpcUrl' | 'dir', string> & Record<'seed' | 'rounds' | 'steps' | 'segments', number>): string[] {
  const flags = {
    rpc: rpcUrl,
    key: join(dir, 'keys', `${REQUESTER}.json`),
    dir: join(dir, 'nodes', REQUESTER),
    rounds,
    steps,
    segments,
    workers: DEMO.workers,
    validators: DEMO.validators,
    samples: DEMO.samples,
    seed: seed.toString(16),
    'secret-seed': seed.toString(16).padStart(64, '0'),
  }
  return ['task', 'create', ...words(flags), '--small-pool', '--yes', '--stay', '--json']
}

const words = (flags: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])

/** Every command of the bridge's runbook, in its order, on a bridge of real processes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { GUARDIAN } from '../../scripts/bridge/start.ts'
import { keyPath } from '../../scripts/up/keys.ts'
import type { Running } from '../../scripts/up/processes.ts'
import { freePort } from '../../workers/gateway/compose/address.ts'
import { type BridgeWorld, startBridgeWorld } from '../fixtures/bridgeWorld.ts'

const RUNBOOK = join(import.meta.dirname, '../../docs/runbook-bridge.md')
/** Long enough for the operators to approve, short enough for a test; seconds. */
const BEGINS_IN = 40

interface Block {
  service: boolean
  commands: string[]
}

describe('the runbook of the bridge', function () {
  this.timeout(180_000)
  let world: BridgeWorld
  let dir: string

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-runbook-'))
    world = await startBridgeWorld(dir, { limits: { rotationDelay: 5n } })
  })
  after(async () => {
    await world?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('has commands that work as written, one after another', async () => {
    const variables = await prepare()
    for (const { service, commands } of readBlocks()) {
      for (const command of commands) {
        const args = fill(command, variables)
        if (service) await startService(args, variables)
        else {
          const { code, lines } = await world.blyan(...args, '--json')
          expect(code, `${command}\n${JSON.stringify(lines)}`).to.equal(0)
          const address = lines.find(({ type }) => type === 'key')?.address
          if (address !== undefined) variables.NEXT_SIGNERS = nextSigners(String(address), variables)
        }
      }
    }
    const { pending_epoch } = await world.bank.client.view<{ pending_epoch: string }>(
      world.bridge.deployment.near.bridge,
      'status',
      {},
    )
    expect(pending_epoch).to.equal('2')
    // Who is stopped between the two chains says it again: what a chain has is left alone.
    const { BRIDGE, KEY, EVM_KEY } = variables
    const again = [
      'bridge',
      'carry',
      'rotate:2',
      '--deployment',
      BRIDGE!,
      '--key',
      KEY!,
      '--evm-key',
      EVM_KEY!,
      '--yes',
    ]
    const { code, lines } = await world.blyan(...again, '--json')
    expect([code, JSON.stringify(lines)]).to.satisfy(
      ([exit, said]: [number, string]) => exit === 2 && said.includes('Both chains have rotation 2 already'),
    )
  })

  /** A transfer that nobody relays, a folder for a fourth signer, and everybody's keys. */
  async function prepare(): Promise<Record<string, string>> {
    const { bridge } = world
    bridge.process('relayer').child.kill('SIGTERM')
    await bridge.process('relayer').exited
    const place = ['--deployment', bridge.file, '--key', world.aliceKey]
    const send = [
      'bridge',
      'send',
      '--to',
      'evm',
      '--amount',
      '5',
      '--receiver',
      world.bob.address,
      '--yes',
      '--detach',
    ]
    const { lines } = await world.blyan(...send, ...place, '--json')
    const signer = (n: number): string => join(dir, 'bridge', `signer-${n}`)
    mkdirSync(signer(4), { mode: 0o700 })
    mkdirSync(join(dir, 'out'))
    writeFileSync(join(signer(4), 'passphrase'), 'a passphrase of a test\n', { mode: 0o600 })
    return {
      BRIDGE: bridge.file,
      KEY: world.aliceKey,
      EVM_KEY: world.bobKey,
      GUARDIAN_KEY: keyPath(dir, GUARDIAN),
      GUARDIAN_EVM_KEY: join(dir, 'bridge', 'guardian.evm.json'),
      ID: String(lines.at(-1)!.id),
      OUT: join(dir, 'out'),
      ...{ SIGNER_1: signer(1), SIGNER_2: signer(2), SIGNER_4: signer(4) },
      SIGNER_4_PORT: String(await freePort()),
      BEGINS_IN: String(BEGINS_IN),
    }
  }

  /** The third signer's key is lost: the first two stay, a fourth comes. */
  function nextSigners(address: string, { SIGNER_4_PORT }: Record<string, string>): string {
    const stay = world.bridge.deployment.signers.slice(0, 2).map(({ address, url }) => `${address}=${url}`)
    return [...stay, `${address}=http://127.0.0.1:${SIGNER_4_PORT}`].join(',')
  }

  /** A signer that runs already is stopped first: its key works in one process. */
  async function startService(args: string[], { SIGNER_1 }: Record<string, string>): Promise<void> {
    if (args.includes(`${SIGNER_1}/key.json`)) {
      const { child, exited } = world.bridge.process('signer-1')
      child.kill('SIGTERM')
      await exited
      args.push('--port', new URL(world.bridge.deployment.signers[0]!.url).port)
    }
    const account = `runbook-${args.join('').length}`
    const running: Running = world.fleet.start({ role: 'signer', account, script: 'scripts/cli/main.ts', args })
    await running.line('ready')
  }
})

function readBlocks(): Block[] {
  const text = readFileSync(RUNBOOK, 'utf8')
  const blocks = [...text.matchAll(/^```sh( service)?\n([\s\S]*?)^```$/gm)].map(([, service, body]) => ({
    service: service !== undefined,
    commands: body!.split('\n').filter((line) => line.startsWith('./blyan ')),
  }))
  expect(blocks.length).to.be.greaterThan(5)
  return blocks
}

function fill(command: string, variables: Record<string, string>): string[] {
  return command
    .split(' ')
    .slice(1)
    .map((word) =>
      word.replace(/\$([A-Z_0-9]+)/g, (_, name: string) => {
        const value = variables[name]
        if (value === undefined) throw new Error(`The runbook uses $${name}, which this test does not set.`)
        return value
      }),
    )
}

/** `blyan signer`: reads both chains and signs what it saw for the bridge, until it is stopped. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseDeployment } from '../../chain/client/bridge/index.ts'
import { openLog, startSigner } from '../../oracle/signer/index.ts'
import { parseArgs } from './args.ts'
import { EXIT, UsageError } from './errors.ts'
import { openSigningKey, PASSPHRASE_FLAGS } from './signerKey.ts'

const SPEC = {
  command: 'signer',
  sentence: 'Watches both chains of a bridge and signs what two RPCs agree on: one voice of k.',
  flags: {
    deployment: { type: 'string', value: 'FILE', help: 'bridge.json of the bridge', required: true },
    key: { type: 'string', value: 'FILE|https://HOST|unix:/SOCKET', help: 'its key, or who holds it', required: true },
    address: { type: 'string', value: '0x…', help: 'of an external signer’s key' },
    'key-ca': {
      type: 'string',
      value: 'FILE',
      help: 'PEM certificate that vouches for https://HOST, and no other does',
    },
    dir: { type: 'string', value: 'DIR', help: 'its journal and approvals', default: '.blyan/signer' },
    'near-rpc': { type: 'string', value: 'URL', help: 'NEAR RPC; twice, of different operators' },
    'evm-rpc': { type: 'string', value: 'URL', help: 'EVM RPC; twice, of different operators' },
    'one-rpc': { type: 'boolean', help: 'one RPC a chain is enough: on a network of your own' },
    port: {
      type: 'integer',
      value: 'P',
      help: 'port of its API; 0 takes a free one',
      default: '0',
      min: 0,
      max: 65_535,
    },
    poll: { type: 'integer', value: 'MS', help: 'time between two looks', default: '1000', min: 50 },
    'near-from': { type: 'integer', value: 'HEIGHT', help: 'first NEAR block to read', default: '0', min: 0 },
    'anchor-every': {
      type: 'integer',
      value: 'N',
      help: 'vested receipts between two anchors; the same at all signers of a bridge',
      default: '1',
      min: 1,
    },
    'clear-halt': { type: 'boolean', help: 'go on after a halt: only when you know what happened' },
    ...PASSPHRASE_FLAGS,
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, joinRepeated(argv, ['near-rpc', 'evm-rpc']))
  const deployment = parseDeployment(readJson(flags.deployment))
  const key = openSigningKey(flags.key, flags)
  const interrupted = untilSignal()
  const signer = await startSigner({
    deployment,
    key,
    dir: resolve(flags.dir),
    nearRpcs: flags['near-rpc']?.split(',') ?? deployment.near.rpcUrls,
    evmRpcs: flags['evm-rpc']?.split(',') ?? deployment.evm.rpcUrls,
    oneRpc: flags['one-rpc'],
    port: flags.port,
    pollMs: flags.poll,
    nearStart: flags['near-from'],
    anchorEvery: flags['anchor-every'],
    clearHalt: flags['clear-halt'],
    log: openLog(),
  })
  const { url, address } = signer
  process.stdout.write(`${JSON.stringify({ type: 'ready', url, address: `0x${address}` })}\n`)
  try {
    await Promise.race([interrupted, signer.done])
    return signer.isHalted() ? EXIT.failed : EXIT.done
  } finally {
    await signer.stop()
  }
}

/** `--x A --x B` as `--x A,B`: the table of flags knows one value each. */
function joinRepeated(argv: readonly string[], names: readonly string[]): string[] {
  const rest: string[] = []
  const values = new Map<string, string[]>()
  for (let i = 0; i < argv.length; i++) {
    const [, name, inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(argv[i]!) ?? []
    if (name === undefined || !names.includes(name)) {
      rest.push(argv[i]!)
      continue
    }
    const value = inline ?? argv[++i]
    if (value === undefined)
      rest.push(argv[i - 1]!) // the parser says what is missing
    else values.set(name, [...(values.get(name) ?? []), value])
  }
  return [...rest, ...[...values].flatMap(([name, all]) => [`--${name}`, all.join(',')])]
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new UsageError({
      what: `blyan signer: ${path} cannot be read as JSON: ${(cause as Error).message}.`,
      fix: 'Name the bridge.json of the bridge with --deployment.',
      data: { field: 'deployment' },
      cause,
    })
  }
}

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}

/** `blyan bridge propose`: writes what operators of signers are asked to approve: the next signers, or one more pause. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isAddress } from 'viem'
import { parseDeployment, type SignerSet } from '../../../chain/client/bridge/index.ts'
import { blyBridgeAbi } from '../../../chain/client/evm/abi.gen.ts'
import { clock } from '../../../chain/client/why/index.ts'
import { parseArgs } from '../args.ts'
import { EXIT, UsageError } from '../errors.ts'
import { print } from './follow.ts'
import { BRIDGE_FLAGS, type BridgeSession, openBridgeSession } from './session.ts'

const SPEC = {
  command: 'bridge propose',
  sentence: 'Writes the file that operators of signers approve: the next signers (rotate), or one more pause.',
  positionals: [{ name: 'WHAT', help: 'rotate or pause', required: true }],
  flags: {
    ...BRIDGE_FLAGS,
    signers: { type: 'string', value: 'ADDRESS=URL,…', help: 'rotate: all the next signers, and where they answer' },
    k: { type: 'integer', value: 'K', help: 'rotate: how many of them are needed', min: 1, max: 32 },
    in: { type: 'integer', value: 'S', help: 'rotate: begins so many seconds from now', min: 0 },
    side: { type: 'string', help: 'pause: which chain', choices: ['near', 'evm'] },
    out: { type: 'string', value: 'DIR', help: 'where the files go', default: '.' },
  },
} as const

/** Over the rotation delay: operators and both transactions need their time. */
const SPARE_S = 600

export async function propose(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const session = openBridgeSession(flags)
  const out = resolve(flags.out)
  mkdirSync(out, { recursive: true })
  switch (positionals[0]) {
    case 'rotate':
      return proposeRotation(session, flags, out)
    case 'pause':
      return proposePause(session, flags, out)
    default:
      throw usage('WHAT', `${JSON.stringify(positionals[0])} cannot be proposed`, 'Choose rotate or pause.')
  }
}

interface RotateFlags {
  signers?: string
  k?: number
  in?: number
  json: boolean
}

async function proposeRotation(session: BridgeSession, flags: RotateFlags, out: string): Promise<number> {
  const { deployment, reader, evm } = session
  const next = (flags.signers ?? '').split(',').filter(Boolean).map(parseSigner)
  if (next.length === 0) throw usage('signers', 'no next signers are named', 'Add --signers ADDRESS=URL,ADDRESS=URL,…')
  if (flags.k === undefined) throw usage('k', 'how many of them are needed?', 'Add --k K, more than half of them.')
  const bridge = { address: deployment.evm.bridge, abi: blyBridgeAbi } as const
  const { rotationDelay } = await reader.readContract({ ...bridge, functionName: 'limits' })
  const begins = Math.floor((await evm.now()) / 1000) + (flags.in ?? Number(rotationDelay) + SPARE_S)
  next.sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1))
  const signers = next.map(({ address }) => address.slice(2).toLowerCase())
  const epoch = await nextEpoch(session, { signers, k: flags.k })
  const approval = approvalOf('rotate', { epoch, signers, k: flags.k, validFrom: String(begins) })
  const nextDeployment = parseDeployment({ ...deployment, signers: next, k: flags.k })
  const files = {
    approval: write(out, `rotate-${epoch}.json`, approval),
    deployment: write(out, `bridge-${epoch}.json`, nextDeployment),
  }
  if (flags.json) print({ type: 'proposed', at: Date.now(), id: `rotate:${epoch}`, ...files })
  else {
    const lines = [
      `${flags.k} of ${signers.length} signers from ${clock(begins * 1000, Date.now())} on, on both chains.`,
      `next  each operator, old and new: ./blyan signer approve ${files.approval}`,
      `      then anyone: ./blyan bridge carry rotate:${epoch} --next ${files.deployment}`,
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  }
  return EXIT.done
}

/** Where one chain has an epoch that the other missed, the other comes first, and with the same signers. */
export async function nextEpoch(
  { near, evm }: Pick<BridgeSession, 'near' | 'evm'>,
  { signers, k }: Pick<SignerSet, 'signers' | 'k'>,
): Promise<string> {
  const active = await Promise.all([near.signerSet(), evm.signerSet()])
  const epoch = active.map((each) => each.epoch).reduce((a, b) => (a < b ? a : b)) + 1n
  const latest = await Promise.all([near.latestEpoch(), evm.latestEpoch()])
  const ahead = [near, evm].filter((_, i) => latest[i]! >= epoch)
  if (ahead.length !== 1) return String(epoch)
  const there = await ahead[0]!.signerSet(epoch)
  if (there.k === k && there.signers.join() === signers.join()) return String(epoch)
  throw usage(
    'signers',
    `${ahead[0] === near ? 'NEAR' : 'EVM'} has rotation ${epoch} already, with ${there.k} of ${there.signers.map((each) => `0x${each}`).join(', ')}`,
    'Name these signers and this k, so that both chains agree; or have the guardian veto it there while it waits.',
  )
}

async function proposePause(
  session: BridgeSession,
  { side, json }: { side?: string; json: boolean },
  out: string,
): Promise<number> {
  if (side === undefined) throw usage('side', 'which chain shall stand still?', 'Add --side near or --side evm.')
  const { deployment, reader, client, evm, near } = session
  const active = await (side === 'evm' ? evm : near).signerSet()
  const direction = side === 'evm' ? 'near-evm' : 'evm-near'
  const bridge = { address: deployment.evm.bridge, abi: blyBridgeAbi } as const
  const before =
    side === 'evm'
      ? (await reader.readContract({ ...bridge, functionName: 'pauseStatus' })).pauses
      : (await client.view<{ pauses: number }>(deployment.near.bridge, 'status', {})).pauses
  const payload = { nonce: String(before), epoch: String(active.epoch), direction }
  const approval = write(out, `pause-${side}-${before}.json`, approvalOf('pause', payload))
  const id = `pause:${direction}:${before}`
  if (json) print({ type: 'proposed', at: Date.now(), id, approval })
  else {
    process.stdout.write(
      `One more pause of 72 hours on ${side}.\nnext  ${active.k} operators: ./blyan signer approve ${approval}\n      then anyone: ./blyan bridge carry ${id}\n`,
    )
  }
  return EXIT.done
}

function parseSigner(text: string): { address: `0x${string}`; url: string } {
  const [address = '', url = ''] = text.split(/=(.*)/s)
  if (isAddress(address) && URL.canParse(url)) return { address, url }
  throw usage('signers', `${JSON.stringify(text.slice(0, 80))} is not ADDRESS=URL`, 'Write 0x…=https://…')
}

const approvalOf = (kind: 'rotate' | 'pause', payload: object) => ({ schema: 'blyan.approval/1', kind, payload })

function write(dir: string, name: string, json: object): string {
  const path = join(dir, name)
  if (existsSync(path)) {
    throw usage('out', `${path} is there already`, 'Remove it, or choose another folder with --out.')
  }
  writeFileSync(path, `${JSON.stringify(json, null, 2)}\n`)
  return path
}

const usage = (field: string, what: string, fix: string): UsageError =>
  new UsageError({ what: `blyan bridge propose: ${what}.`, fix, data: { field } })

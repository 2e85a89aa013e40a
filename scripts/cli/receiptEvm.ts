/** Receipts on EVM: the links that `receipt verify --evm` adds, and `receipt anchor`, which carries the newest anchor there. */
import { decodeFunctionResult } from 'viem'
import {
  type DisputeViews,
  findTainted,
  proveIncluded,
  proveUntaintedAt,
  type ReceiptSource,
  verifyCall,
} from '../../chain/client/bridge/index.ts'
import { receiptVerifierAbi } from '../../chain/client/evm/abi.gen.ts'
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'
import { newestAnchor } from '../../oracle/relayer/discover.ts'
import { revertData } from '../../oracle/relayer/viemNode.ts'
import { parseArgs } from './args.ts'
import { confirm } from './ask.ts'
import { carryJob } from './bridge/carry.ts'
import { BRIDGE_FLAGS, type BridgeSession, openBridgeSession } from './bridge/session.ts'
import { EXIT } from './errors.ts'
import type { ReceiptBook } from './receiptEvidence.ts'
import type { ReceiptView } from './views.ts'

/** ReceiptVerifier on EVM does not confirm what NEAR shows. */
export class EvmReceiptError extends BlyanError {
  static override readonly code: string = 'RECEIPT_EVM_REFUSED'
  static override readonly fault: Fault = 'peer'
}

export const EVM_LINKS = ['anchored', 'proof', 'verified', 'untainted'] as const
export type EvmLink = (typeof EVM_LINKS)[number]

export interface EvmCheck {
  index: number
  /** How many receipts the newest anchor holds. */
  size: number
  root: string
  /** Steps of the proof. */
  steps: number
  passed: EvmLink[]
  broken: BlyanError | null
}

/** Checks one receipt against the newest anchor on EVM, by the verifier's own code. */
export async function checkOnEvm(
  { deployment, evm, reader }: Pick<BridgeSession, 'deployment' | 'evm' | 'reader'>,
  source: ReceiptSource,
  view: ReceiptView,
): Promise<EvmCheck> {
  const { hash: _, ...receipt } = view
  const index = Number(view.index)
  const anchored = await evm.anchored()
  const check: EvmCheck = {
    index,
    size: Number(anchored.size),
    root: anchored.root,
    steps: 0,
    passed: [],
    broken: null,
  }
  try {
    const inclusion = proveIncluded(anchored, source, index)
    check.passed.push('anchored', 'proof')
    check.steps = inclusion.path.length
    const { to, data } = verifyCall(deployment, receipt, inclusion)
    const { data: answer } = await reader.call({ to, data }).catch((error) => {
      throw refused(index, revertData(error) ?? String(error), error)
    })
    const fields = decodeFunctionResult({ abi: receiptVerifierAbi, functionName: 'verify', data: answer ?? '0x' })
    if (fields.worker !== view.worker || fields.reward !== BigInt(view.reward))
      throw refused(index, 'it reads another receipt')
    check.passed.push('verified')
    const gap = proveUntaintedAt(anchored, source, index)
    await reader
      .readContract({
        address: deployment.evm.verifier,
        abi: receiptVerifierAbi,
        functionName: 'verifyUntainted',
        args: [anchored.size, BigInt(index), { ...gap, path: [...gap.path] }],
      })
      .catch((error) => {
        throw refused(index, revertData(error) ?? String(error), error)
      })
    check.passed.push('untainted')
  } catch (error) {
    if (!(error instanceof BlyanError)) throw error
    check.broken = error
  }
  return check
}

/** Hashes of the list, and which receipts' work a dispute showed to be false. */
export const receiptSource = async (
  { receipts }: Pick<ReceiptBook, 'receipts'>,
  market: DisputeViews,
): Promise<ReceiptSource> => ({
  hashes: receipts.map(({ hash }) => hash),
  tainted: await findTainted(market, receipts),
})

/** `encoding ok · …` of the EVM side, and what it means. */
export function evmText(check: EvmCheck, paint: { ok(text: string): string; bad(text: string): string }): string {
  const words: Record<EvmLink, string> = {
    anchored: `anchored on EVM among ${check.size}`,
    proof: `${check.steps} ${check.steps === 1 ? 'step' : 'steps'}`,
    verified: 'verified by ReceiptVerifier',
    untainted: 'not tainted',
  }
  const links = check.passed.map((link) => `${words[link]} ok`).join(' · ')
  if (check.broken === null)
    return `${check.index}  ${links}\n   -> ${paint.ok('VERIFIED ON EVM')}: the word of k of n signers`
  const at = EVM_LINKS[check.passed.length]!
  return `${check.index}  ${links}${links === '' ? '' : ' · '}${words[at]} ${paint.bad('BROKEN')}\n   ${check.broken.code}  ${check.broken.what}`
}

const ANCHOR = {
  command: 'receipt anchor',
  sentence: 'Shows how many receipts are anchored on EVM, and carries a newer signed anchor there.',
  flags: { ...BRIDGE_FLAGS, yes: { type: 'boolean', help: 'sign without a question' } },
} as const

export async function anchor(argv: string[]): Promise<number> {
  const { flags } = parseArgs(ANCHOR, argv)
  const session = openBridgeSession(flags)
  const before = await session.evm.anchored()
  const offered = await newestAnchor(session)
  if (offered !== null && session.evmKey !== null) {
    if (!flags.json)
      process.stderr.write(`The signers offer an anchor of ${offered} receipts; EVM has ${before.size}.\n`)
    await confirm(`Submit it with ${session.evmKey.address} and pay its gas?`, { yes: flags.yes })
    await carryJob(session, { kind: 'anchor', key: offered }, 60_000)
  }
  const after = await session.evm.anchored()
  if (flags.json) {
    const json = {
      size: Number(after.size),
      root: after.root,
      tainted: after.tainted,
      offered: offered === null ? null : Number(offered),
    }
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)
    return EXIT.done
  }
  const next =
    offered !== null && after.size < offered
      ? `The signers offer ${offered}: ./blyan receipt anchor --evm-key FILE`
      : './blyan receipt verify N --evm'
  const short = `${after.root.slice(0, 4)}..${after.root.slice(-2)}`
  const head =
    after.size === 0n
      ? 'No receipts are anchored on EVM yet.'
      : `${after.size} receipts are anchored on EVM, list ${short}.`
  process.stdout.write(`${head}\nnext  ${next}\n`)
  return EXIT.done
}

const refused = (index: number, why: string, cause?: unknown): EvmReceiptError =>
  new EvmReceiptError({
    what: `ReceiptVerifier does not confirm receipt ${index}: ${why}.`,
    fix: 'Do not rely on it on EVM. Compare with another EVM RPC: --evm-rpc URL.',
    data: { index, why },
    cause,
  })

/** `blyan receipt show|verify`: a work receipt in words, and its check against the chain, link by link. */

import { toHex } from '../../chain/client/protocol.ts'
import type { ReceiptCheck, ReceiptLink } from '../../chain/client/receipts.ts'
import { RECEIPT_LINKS } from '../../chain/client/receipts.ts'
import { shortBly } from '../../chain/client/why/index.ts'
import { receiptSentence } from '../../chain/client/words/index.ts'
import { parseArgs } from './args.ts'
import { openBridgeSession } from './bridge/session.ts'
import { EXIT, UsageError } from './errors.ts'
import { palette, table } from './print.ts'
import { checkBook, missing, type ReceiptBook, readReceipts, receiptBytes } from './receiptEvidence.ts'
import { anchor, checkOnEvm, type EvmCheck, evmText, receiptSource } from './receiptEvm.ts'
import { PLACE_FLAGS, type Session, withSession } from './session.ts'
import { subcommand } from './subcommand.ts'
import { listView, proofView, type ReceiptView, receiptView } from './views.ts'

const JSON_FLAG = { json: { type: 'boolean', help: 'one JSON document' } } as const

const SHOW = {
  command: 'receipt show',
  sentence: 'Shows a work receipt: what was done, by whom, how it was checked, and what was paid.',
  positionals: [{ name: 'N', help: 'place in the list, from 0', required: true }],
  flags: { ...PLACE_FLAGS, ...JSON_FLAG },
} as const

const VERIFY = {
  command: 'receipt verify',
  sentence: 'Checks receipts against the chain, link by link; the first break names link, expected and got.',
  positionals: [{ name: 'N', help: 'place in the list, from 0; or --all' }],
  flags: {
    ...PLACE_FLAGS,
    ...JSON_FLAG,
    all: { type: 'boolean', help: 'every receipt, and the list recomputed' },
    evm: { type: 'boolean', help: 'by the contract on EVM too' },
    deployment: { type: 'string', value: 'FILE', help: 'with --evm: bridge.json, or its folder', default: '.blyan' },
    'evm-rpc': { type: 'string', value: 'URL', help: 'with --evm: another EVM RPC' },
  },
} as const

export const run = (argv: string[]): Promise<number> => subcommand('receipt', argv, { show, verify, anchor })

async function show(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SHOW, argv)
  const index = indexOf(positionals[0]!)
  return withSession(flags, async (session) => {
    const { height } = await session.head()
    const list = await session.view(listView, 'receipt_root', {}, height)
    const view = await session.view(receiptView.nullable(), 'get_receipt', { index }, height)
    if (view === null) return missing(index, list.size)
    const proof = await session.view(proofView, 'receipt_proof', { index }, height)
    const bytes = receiptBytes(view)
    const hex = bytes instanceof Uint8Array ? toHex(bytes) : null
    if (flags.json) {
      print({ schema: 'blyan.receipt/1', receipt: view, bytes: hex, proof, list, height })
    } else {
      process.stdout.write(`${receiptText(view, height)}\nnext  ./blyan receipt verify ${index}${placeFlag(flags)}\n`)
    }
    return EXIT.done
  })
}

async function verify(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(VERIFY, argv)
  if (flags.all === (positionals[0] !== undefined)) {
    throw new UsageError({
      what: flags.all ? 'A number and --all were both given.' : 'Which receipt? A number from 0, or --all.',
      fix: './blyan receipt verify 0, or ./blyan receipt verify --all',
      data: { field: 'N' },
    })
  }
  const only = flags.all ? undefined : [indexOf(positionals[0]!)]
  return withSession(flags, async (session) => {
    const book = await readReceipts(session)
    const checks = await checkBook(session, book, only)
    const onEvm = flags.evm ? await verifyOnEvm(session, book, checks, flags) : null
    if (flags.json) print({ ...verifyJson(book, checks), ...(onEvm && { evm: onEvm.map(evmJson) }) })
    else {
      process.stdout.write(verifyText(book, checks, session))
      for (const check of onEvm ?? []) process.stdout.write(`${evmText(check, palette())}\n`)
    }
    return [...checks, ...(onEvm ?? [])].every(({ broken }) => broken === null) ? EXIT.done : EXIT.failed
  })
}

async function verifyOnEvm(
  session: Session,
  book: ReceiptBook,
  checks: readonly ReceiptCheck[],
  flags: { deployment: string; 'evm-rpc'?: string },
): Promise<EvmCheck[]> {
  const bridge = openBridgeSession({ ...flags, json: false })
  const source = await receiptSource(book, session.market)
  const results: EvmCheck[] = []
  for (const { index } of checks) results.push(await checkOnEvm(bridge, source, book.receipts[index]!))
  return results
}

const evmJson = ({ passed, broken, ...check }: EvmCheck) => ({
  ...check,
  verified: broken === null,
  links: passed,
  error: broken?.toJSON() ?? null,
})

/** `{ ok, verified, total, root, … }` as interfaces promise it. */
export function verifyJson({ list, height }: ReceiptBook, checks: readonly ReceiptCheck[]) {
  const verified = checks.filter(({ broken }) => broken === null).length
  return {
    ok: verified === checks.length,
    verified,
    total: checks.length,
    root: list.root,
    size: list.size,
    height,
    receipts: checks.map(({ index, hash, passed, broken }) => ({
      index,
      hash,
      verified: broken === null,
      links: passed,
      error: broken?.toJSON() ?? null,
    })),
  }
}

/** One line for each receipt, each link in it; then the sum. */
export function verifyText(
  book: ReceiptBook,
  checks: readonly ReceiptCheck[],
  { place }: Pick<Session, 'place'>,
): string {
  const paint = palette()
  const { list, height, receipts } = book
  const lines = checks.map((check) => {
    const words: Record<ReceiptLink, string> = {
      encoding: 'encoding',
      hash: 'hash',
      chain: check.index === 0 ? 'first of all' : `chained to ${check.index - 1}`,
      list: `in list, ${check.steps} ${check.steps === 1 ? 'step' : 'steps'}`,
      root: `list on chain, block ${height}`,
    }
    const links = check.passed.map((link) => `${words[link]} ok`)
    if (check.broken === null) {
      const view = receipts[check.index]!
      const meaning = `${view.worker}’s round ${view.round + 1} of task ${view.task} passed ${view.samples} samples by each of ${view.validators} validators${view.smallPool ? '; small pool' : ''}`
      return `${check.index}  ${links.join(' · ')}\n   -> ${paint.ok('VERIFIED')}: evidence that ${meaning}`
    }
    const at = RECEIPT_LINKS[check.passed.length]!
    const { expected, got } = check.broken.data as { expected?: string; got?: string | null }
    return [
      `${check.index}  ${[...links, `${words[at]} ${paint.bad('BROKEN')}`].join(' · ')}`,
      `   -> ${paint.bad('NOT VERIFIED')}`,
      `   ${check.broken.code}  ${check.broken.what}`,
      ...(expected === undefined ? [] : [`   expected  ${expected}`, `   got       ${got ?? '(something else)'}`]),
    ].join('\n')
  })
  const good = checks.filter(({ broken }) => broken === null).length
  const sum =
    checks.length === 0
      ? `No receipts yet: they appear when a round settles. Asked ${place}, block ${height}.`
      : `${good} of ${checks.length} verified here · list ${short(list.root)} of ${list.size} receipts, block ${height} · ${place}`
  return `${[...lines, sum].join('\n')}\n`
}

function receiptText(view: ReceiptView, height: number): string {
  const gain = view.gain === null ? 'not measured' : `${(Number(view.gain) / 1e6).toFixed(6)} bits per byte`
  const rows = [
    ['work', `task ${view.task}, round ${view.round + 1}, ${view.profile}`],
    ['checked', `${view.samples} samples by each of ${view.validators} validators, certainty ${view.certainty} %`],
    ['drawn from', `${view.pool} operators${view.smallPool ? ': a small pool, fewer than the odds assume' : ''}`],
    ['helped by', gain],
    ['paid', `${shortBly(BigInt(view.reward))} BLY`],
    ['settled', new Date(view.settledAt).toISOString()],
    ['update', view.delta],
    ['trained from', view.base],
    ['this receipt', view.hash],
    ['the one before', view.previous],
  ]
  const sentence = receiptSentence({ ...view, index: Number(view.index), reward: BigInt(view.reward) })
  const head = `${sentence}   on chain, block ${height}`
  return `${head}\n${table(
    [{ title: '' }, { title: '' }],
    rows.map(([name, value]) => [`  ${name}`, value!]),
  )}`
}

function indexOf(text: string): number {
  const index = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(index)) return index
  throw new UsageError({
    what: `${JSON.stringify(text)} is no place in the list of receipts.`,
    fix: 'Give a whole number from 0.',
    data: { field: 'N' },
  })
}

const short = (hash: string): string => `${hash.slice(0, 4)}..${hash.slice(-2)}`
const placeFlag = ({ rpc, dir }: { rpc?: string; dir?: string }): string =>
  dir !== undefined ? ` --dir ${dir}` : rpc !== undefined ? ` --rpc ${rpc}` : ''
const print = (json: object): void => void process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)

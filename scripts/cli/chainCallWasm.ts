/** `blyan chain call-wasm`: one method of a contract file, outside any chain, charged as nearcore would. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { base64ToBytes, bytesToBase58, bytesToBase64, bytesToUtf8 } from '../../chain/lib/bytes.ts'
import { PROTOCOL_VERSIONS } from '../../chain/lib/params.gen.ts'
import { executeContract, type VMOutcome, type VMReceipt } from '../../chain/vm/index.ts'
import { parseArgs } from './args.ts'
import { CallWasmContext, type ContextStorage, storageOf, vmContextOf } from './callWasmContext.ts'
import { EXIT, UsageError } from './errors.ts'
import { table } from './print.ts'

const SPEC = {
  command: 'chain call-wasm',
  sentence: 'Calls one method of a contract file outside any chain and shows gas, logs and writes.',
  positionals: [
    { name: 'FILE', help: 'the contract, wasm', required: true },
    { name: 'METHOD', help: 'exported method', required: true },
  ],
  flags: {
    context: { type: 'string', value: 'FILE', help: 'JSON: accounts, balances, gas, input, state', required: true },
    json: { type: 'boolean', help: 'the outcome as JSON' },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const code = new Uint8Array(await readFile(positionals[0]!))
  const context = parseContext(await readFile(flags.context, 'utf8'))
  const storage = storageOf(context)
  const codeHash = bytesToBase58(createHash('sha256').update(code).digest())
  const outcome = executeContract(code, codeHash, positionals[1]!, vmContextOf(context), storage, context.protocol)
  const text = flags.json ? JSON.stringify(outcomeJson(outcome, storage)) : outcomeText(outcome, storage)
  process.stdout.write(`${text}\n`)
  // The command has done its work also where the contract failed: the outcome says so.
  return EXIT.done
}

function parseContext(text: string): CallWasmContext {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw badContext(`is no JSON: ${(error as Error).message}`)
  }
  const parsed = CallWasmContext.safeParse(json)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw badContext(`has a wrong ${path.join('.') || 'shape'}: ${message}`)
  }
  const { protocol } = parsed.data
  if (!PROTOCOL_VERSIONS.includes(protocol)) {
    throw badContext(`asks for protocol ${protocol}; there are ${PROTOCOL_VERSIONS.join(' and ')}`)
  }
  return parsed.data
}

function badContext(what: string): UsageError {
  return new UsageError({
    what: `The context file ${what}.`,
    fix: 'Only `current` must be given; amounts are decimal strings, bytes are base64. See chain/vm/README.md.',
    data: { field: 'context' },
  })
}

function outcomeJson(outcome: VMOutcome, storage: ContextStorage) {
  const { burntGas, usedGas, logs, error, balance, storageUsage, receipts, profile } = outcome
  return {
    burntGas: String(burntGas),
    usedGas: String(usedGas),
    logs,
    return: returnJson(outcome),
    error: error === null ? null : { kind: error.kind, text: error.text },
    balance: String(balance),
    storageUsage: String(storageUsage),
    writes: storage.changes(),
    actions: receipts.flatMap(actionsJson),
    resumes: (outcome.resumes ?? []).map(({ dataId, payload }) => ({
      dataId: bytesToBase64(dataId),
      payload: bytesToBase64(payload),
    })),
    profile: { wasm: String(profile.wasm), host: mapValues(profile.host, String) },
  }
}

function returnJson({ return: result }: VMOutcome) {
  if (result.kind === 'value') return { value: bytesToBase64(result.value) }
  return result.kind === 'receipt' ? { receipt: result.index } : { none: true }
}

/** The receipt itself, then what it carries. */
function actionsJson({ actions, ...receipt }: VMReceipt, index: number) {
  const values = (record: object) =>
    mapValues(record as Record<string, unknown>, (value) => {
      if (typeof value === 'bigint') return String(value)
      return value instanceof Uint8Array ? bytesToBase64(value) : value
    })
  return [
    { receipt: index, kind: 'receipt', ...receipt, ...(receipt.yield && { yield: values(receipt.yield) }) },
    ...actions.map((action) => ({ receipt: index, ...values(action) })),
  ]
}

function mapValues<A, B>(record: Record<string, A>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}

function outcomeText(outcome: VMOutcome, storage: ContextStorage): string {
  const { burntGas, usedGas, logs, error, profile, receipts } = outcome
  const tera = (gas: bigint) => `${(Number(gas) / 1e12).toFixed(4)} TGas`
  const result = outcome.return.kind === 'value' ? readable(outcome.return.value) : outcome.return.kind
  const costs = [['instructions', profile.wasm] as const, ...Object.entries(profile.host)]
  costs.sort(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0))
  return [
    error === null ? `returned  ${result}` : `failed    ${error.text}`,
    `burnt     ${tera(burntGas)}, used ${tera(usedGas)}`,
    ...logs.map((line) => `log       ${line}`),
    ...storage.changes().map(([key, value]) => {
      const shown = value === null ? 'removed' : readable(base64ToBytes(value))
      return `write     ${readable(base64ToBytes(key))} = ${shown}`
    }),
    ...receipts.map(
      ({ receiverId, actions }) => `receipt   ${receiverId}: ${actions.map(({ kind }) => kind).join(', ')}`,
    ),
    '',
    table(
      [{ title: 'cost' }, { title: 'gas', align: 'right' }],
      costs.map(([name, gas]) => [name, tera(gas)]),
    ),
  ].join('\n')
}

function readable(bytes: Uint8Array): string {
  try {
    return JSON.stringify(bytesToUtf8(bytes))
  } catch {
    return `base64 ${bytesToBase64(bytes)}`
  }
}

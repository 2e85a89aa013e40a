/** `blyan chain instrument`: the metered form of a contract file, with nearcore's fees or others. */
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { paramsAt } from '../../chain/lib/params.gen.ts'
import { decodeModule, type InstructionFees, instrument, nearFees, WasmFormatError } from '../../chain/vm/index.ts'
import { parseArgs } from './args.ts'
import { EXIT, UsageError } from './errors.ts'

const SPEC = {
  command: 'chain instrument',
  sentence: 'Rewrites a contract file with the metering that the chain uses.',
  positionals: [
    { name: 'IN', help: 'contract, wasm', required: true },
    { name: 'OUT', help: 'metered module', required: true },
  ],
  flags: {
    fees: { type: 'string', value: 'FILE', help: 'JSON: regular, block, loop, bulkBase, bulkUnit in gas units' },
    json: { type: 'boolean', help: 'sizes as JSON' },
  },
} as const

const gas = z.union([z.string().regex(/^\d+$/), z.int().nonnegative()]).transform((value) => BigInt(value))
const FeesFile = z.strictObject({ regular: gas, block: gas, loop: gas, bulkBase: gas, bulkUnit: gas }).partial()

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const [input, output] = positionals as [string, string]
  const params = paramsAt()
  const fees = flags.fees === undefined ? nearFees(params) : await readFees(flags.fees, nearFees(params))
  const code = new Uint8Array(await readFile(input))
  let metered: Uint8Array
  try {
    metered = instrument(decodeModule(code, params), { params, fees })
    if (!WebAssembly.validate(code)) throw new WasmFormatError('the engine finds it invalid')
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error
    throw new UsageError({
      what: `${input} is no contract that NEAR accepts: ${error.message} (PrepareError ${error.prepareError}).`,
      fix: 'Build it for NEAR: imports from env only, no SIMD, threads, exceptions or several results.',
      data: { field: 'IN', prepareError: error.prepareError },
    })
  }
  await writeFile(output, metered)
  const sizes = { in: code.length, out: metered.length }
  const shown = flags.json ? JSON.stringify({ ...sizes, file: output }) : `${output}  ${sizes.in} → ${sizes.out} bytes`
  process.stdout.write(`${shown}\n`)
  return EXIT.done
}

/** What the file leaves out keeps nearcore's price. */
async function readFees(file: string, near: InstructionFees): Promise<InstructionFees> {
  const text = await readFile(file, 'utf8')
  try {
    return { ...near, ...FeesFile.parse(JSON.parse(text)) }
  } catch (cause) {
    throw new UsageError({
      what: `${file} holds no instruction fees.`,
      fix: 'Write JSON such as {"regular": 1, "block": 0, "loop": 1, "bulkBase": "32", "bulkUnit": "1"}.',
      data: { field: 'fees' },
      cause,
    })
  }
}

/** blyan engine grad | trace: gradients of an ONNX model, or the hash of every node's outputs. */
import { readFile, stat, writeFile } from 'node:fs/promises'
import {
  type GradResult,
  gradOfModel,
  type Runtime,
  type TraceResult,
  traceOfModel,
} from '../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../workers/node/runtime/canonical.ts'
import { loadNativeRuntime } from '../../workers/node/runtime/native.ts'
import { type CommandSpec, helpText, parseArgs } from './args.ts'
import { encodeTensor, parseInputs } from './engineInputs.ts'
import { EXIT, HelpRequest, UsageError } from './errors.ts'
import { table } from './print.ts'

/** Larger files are not models that this command is for: everything is held in memory several times. */
const FILE_MAX_BYTES = 1024 ** 3

const COMMON = {
  model: { type: 'string', value: 'FILE', help: 'an ONNX file, opset 13 to 21', required: true },
  inputs: { type: 'string', value: 'FILE', help: 'JSON { name: { dims, dtype, data } }', required: true },
  profile: { type: 'string', help: 'runtime', choices: ['canonical', 'native'], default: 'canonical' },
  json: { type: 'boolean', help: 'the whole result as JSON' },
} as const

const GRAD = {
  command: 'engine grad',
  sentence: 'Computes the gradient of a loss by every float parameter and input of an ONNX model.',
  flags: {
    ...COMMON,
    loss: {
      type: 'string',
      value: 'SPEC',
      help: 'output:NAME, cross-entropy:LOGITS:TARGET, mse:OUT:TARGET or bce:OUT:TARGET',
      required: true,
    },
    'write-model': { type: 'string', value: 'FILE', help: 'also write the graph with its backward pass' },
  },
} as const satisfies CommandSpec

const TRACE = {
  command: 'engine trace',
  sentence: 'Runs an ONNX model and prints the SHA-256 of what every node put out.',
  flags: { ...COMMON, step: { type: 'integer', help: 'iteration of a training Loop', default: '0', min: 0 } },
} as const satisfies CommandSpec

export async function run(argv: string[]): Promise<number> {
  const [verb, ...rest] = argv
  if (verb === 'grad') return grad(rest)
  if (verb === 'trace') return trace(rest)
  if (verb === '--help' || verb === '-h') throw new HelpRequest(`${helpText(GRAD)}\n\n${helpText(TRACE)}`)
  throw new UsageError({
    what: verb === undefined ? 'blyan engine needs grad or trace.' : `blyan engine has no ${JSON.stringify(verb)}.`,
    fix: 'Use ./blyan engine grad or ./blyan engine trace; --help shows their options.',
    data: { field: 'command' },
  })
}

async function grad(argv: string[]): Promise<number> {
  const { flags } = parseArgs(GRAD, argv)
  const [model, inputs] = await Promise.all([readModel(flags.model), readInputs(flags.inputs)])
  const started = performance.now()
  const result = await gradOfModel(await runtime(flags.profile), model, inputs, flags.loss)
  const ms = Math.round(performance.now() - started)
  if (flags['write-model'] !== undefined) await writeFile(flags['write-model'], result.model)
  process.stdout.write(flags.json ? `${JSON.stringify(gradJson(result, ms))}\n` : `${gradText(result)}\n`)
  return EXIT.done
}

async function trace(argv: string[]): Promise<number> {
  const { flags } = parseArgs(TRACE, argv)
  const [model, inputs] = await Promise.all([readModel(flags.model), readInputs(flags.inputs)])
  const result = await traceOfModel(await runtime(flags.profile), model, inputs, flags.step)
  process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${traceText(result)}\n`)
  return EXIT.done
}

const runtime = (profile: string): Promise<Runtime> =>
  profile === 'native' ? loadNativeRuntime() : loadCanonicalRuntime()

async function readModel(file: string): Promise<Uint8Array> {
  const { size } = await stat(file)
  if (size <= FILE_MAX_BYTES) return readFile(file)
  throw new UsageError({
    what: `${file} has ${size} bytes; models of up to ${FILE_MAX_BYTES} bytes are read.`,
    fix: 'Use a smaller model.',
    data: { field: 'model' },
  })
}

const readInputs = async (file: string) => parseInputs(await readFile(file, 'utf8'))

const gradJson = ({ loss, grads, nodes }: GradResult, ms: number) => ({
  loss,
  grads: Object.fromEntries(Object.entries(grads).map(([name, tensor]) => [name, encodeTensor(tensor)])),
  nodes,
  ms,
})

function gradText({ loss, grads }: GradResult): string {
  const rows = Object.entries(grads).map(([name, { dims, data }]) => {
    let square = 0
    for (const value of data as Iterable<number>) square += value * value
    return [name, `[${dims.join(', ')}]`, Math.sqrt(square).toPrecision(6)]
  })
  const right = { align: 'right' } as const
  return `loss ${loss}\n\n${table([{ title: 'gradient of' }, { title: 'shape' }, { title: 'norm', ...right }], rows)}`
}

function traceText({ root, nodes }: TraceResult): string {
  const rows = nodes.flatMap(({ op, outputs }) => outputs.map(({ name, sha256 }) => [op, name, sha256.slice(0, 16)]))
  return `root ${root}\n\n${table([{ title: 'operator' }, { title: 'output' }, { title: 'sha256' }], rows)}`
}

/** Tensors in JSON: { dims, dtype, data }, data as numbers or as base64 of little-endian bytes. */
import { z } from 'zod'
import { bytesPerElement, fromBytes, isDType, tensor, toBytes } from '../../workers/engine/graph/tensor.ts'
import type { Tensor } from '../../workers/engine/index.ts'
import { UsageError } from './errors.ts'

const TensorJson = z.strictObject({
  dims: z.array(z.int().nonnegative()).max(64),
  dtype: z.string().refine((text) => isDType(text) && text !== 'string', 'is no numeric type such as float32 or int64'),
  data: z.union([z.array(z.number()), z.base64()]),
})
const InputsJson = z.record(z.string(), TensorJson)

/** @throws UsageError whose `data.field` names the input */
export function parseInputs(text: string): Record<string, Tensor> {
  const parsed = InputsJson.safeParse(parseJson(text))
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues
    throw usage(String(path[0] ?? 'inputs'), `${path.join('.') || 'The file'}: ${message}`)
  }
  return Object.fromEntries(Object.entries(parsed.data).map(([name, json]) => [name, decodeTensor(name, json)]))
}

export const encodeTensor = ({ dims, dtype, data }: Tensor) => ({
  dims,
  dtype,
  data: Buffer.from(toBytes(data)).toString('base64'),
})

function decodeTensor(name: string, { dims, dtype, data }: z.infer<typeof TensorJson>): Tensor {
  if (!isDType(dtype)) throw usage(name, `${dtype} is no data type`)
  const size = dims.reduce((product, dim) => product * dim, 1)
  const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : undefined
  const have = bytes === undefined ? data.length : bytes.length / bytesPerElement(dtype)
  if (have !== size) throw usage(name, `${name} has ${have} values; shape [${dims.join(', ')}] needs ${size}`)
  if (bytes !== undefined) return { dtype, dims, data: fromBytes(dtype, bytes) }
  const isInteger = !dtype.startsWith('float')
  if (isInteger && !(data as number[]).every(Number.isSafeInteger))
    throw usage(name, `${name} holds a number that is no integer`)
  return tensor(dtype, dims, data as number[])
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw usage('inputs', `the inputs file is no JSON: ${(cause as Error).message}`)
  }
}

const usage = (field: string, what: string): UsageError =>
  new UsageError({
    what: `blyan engine: ${what}.`,
    fix: 'Write { "name": { "dims": [2, 3], "dtype": "float32", "data": [...] } }.',
    data: { field },
  })

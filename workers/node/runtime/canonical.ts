/** The canonical runtime in Node: onnxruntime-web's WASM, one thread, fixed SIMD. Bits are the same on every machine. */

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { Ort, Runtime } from '../../engine/types.ts'

/** The CPU-only build: the one with WebGPU is twice as large. */
const WASM_FILE = 'ort-wasm-simd-threaded.wasm'

let loading: Promise<Runtime> | undefined

/** Loads the runtime once a thread; `wasmSha256` is of the very bytes that run. */
export const loadCanonicalRuntime = (): Promise<Runtime> => (loading ??= load())

async function load(): Promise<Runtime> {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
  const wasm = await readFile(join(folder, WASM_FILE))
  const wasmSha256 = createHash('sha256').update(wasm).digest('hex')
  // V8 compiles hot WASM functions on as many threads as there are; each keeps up to 60 MB of scratch for good.
  setFlagsFromString('--wasm-num-compilation-tasks=1')
  // The optimising compiler comes for what runs often, fifteen times later than by default: 96 training steps and the start
  // take 5.0 instead of 6.8 s of processor time, since ONNX Runtime's large functions are costly to optimise.
  setFlagsFromString('--wasm-tiering-budget=200000000')
  const ort = await import('onnxruntime-web')
  ort.env.wasm.numThreads = 1
  ort.env.wasm.proxy = false
  ort.env.wasm.wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer
  return { ort: ort as unknown as Ort, profile: 'canonical', version: ort.env.versions.web ?? '', wasmSha256 }
}

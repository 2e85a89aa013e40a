/** Names the canonical runtime of this installation without loading it: workers refuse a task that names another. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'

export interface RuntimeId {
  readonly version: string
  readonly wasmSha256: string
}

const WASM_FILE = 'ort-wasm-simd-threaded.wasm'

export function canonicalRuntimeId(): RuntimeId {
  const dist = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
  const manifest = JSON.parse(readFileSync(join(dist, '..', 'package.json'), 'utf8'))
  return {
    version: z.object({ version: z.string() }).parse(manifest).version,
    wasmSha256: createHash('sha256')
      .update(readFileSync(join(dist, WASM_FILE)))
      .digest('hex'),
  }
}

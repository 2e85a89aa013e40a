/** The native runtime in Node: onnxruntime-node on the CPU, one thread. Faster, and equal within a tolerance only. */

import type { Ort, Runtime } from '../../engine/types.ts'

export async function loadNativeRuntime(): Promise<Runtime> {
  const ort = await import('onnxruntime-node')
  return { ort: ort as unknown as Ort, profile: 'native', version: ort.env.versions.node ?? '', wasmSha256: null }
}

/** Does a sample again in a thread of its own: the page stays usable, and ending the thread stops everything at once. */
import * as ort from 'onnxruntime-web/wasm'
import { httpRpc } from '../../../chain/client/near/rpc.ts'
import { bytesToHex } from '../../../chain/lib/bytes.ts'
import { sha256 } from '../../../chain/lib/hash.ts'
import type { Ort, Runtime } from '../../../workers/engine/types.ts'
import { createApi } from '../api/client.ts'
import { createSession } from '../api/session.ts'
import type { RecomputeNews, RecomputeOrder } from './messages.ts'
import { redoSample } from './redo.ts'
import { uncheckedOf } from './words.ts'

const tell = (news: RecomputeNews): void => postMessage(news)

addEventListener('message', ({ data: { sample, market, rpc, wasmUrl } }: MessageEvent<RecomputeOrder>) => {
  // Nobody is signed in here: what is checked is public.
  const session = createSession({ getItem: () => null, setItem: () => {}, removeItem: () => {} })
  const api = createApi({ session })
  redoSample(sample, {
    rpc: httpRpc(rpc),
    market,
    bytes: (path) => api.bytes(path),
    runtime: () => canonicalRuntime(wasmUrl),
    tell: (progress) => tell({ type: 'progress', progress }),
    now: () => performance.now(),
  }).then(
    (redone) => tell({ type: 'redone', redone }),
    (error: unknown) => tell({ type: 'unchecked', unchecked: uncheckedOf(error) }),
  )
})

async function canonicalRuntime(wasmUrl: string): Promise<Runtime> {
  const wasm = await (await fetch(wasmUrl)).arrayBuffer()
  ort.env.wasm.numThreads = 1
  ort.env.wasm.proxy = false
  ort.env.wasm.wasmBinary = wasm
  const wasmSha256 = bytesToHex(sha256(new Uint8Array(wasm)))
  return { ort: ort as unknown as Ort, profile: 'canonical', version: ort.env.versions.web ?? '', wasmSha256 }
}

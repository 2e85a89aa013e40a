/** Writes with two sets of parameters in a thread of its own: the page stays usable, and nothing leaves the machine. */
import * as ort from 'onnxruntime-web/wasm'
import { createPredictor, generateStream } from '../../../workers/engine/generate.ts'
import { gpt } from '../../../workers/engine/models/gpt.ts'
import type { Ort } from '../../../workers/engine/types.ts'
import { SIDES, type WriteNews, type WriteOrder } from './messages.ts'

/** The same bytes at every visit: what differs between the two sides is the training alone. */
const SEED = '01'

const tell = (news: WriteNews): void => postMessage(news)

addEventListener('message', (event: MessageEvent<WriteOrder>) => {
  void write(event.data).catch((error: unknown) =>
    tell({ type: 'failed', what: error instanceof Error ? error.message : String(error) }),
  )
})

async function write({ config, before, after, prompt, length, wasmUrl }: WriteOrder): Promise<void> {
  ort.env.wasm.numThreads = 1
  ort.env.wasm.proxy = false
  ort.env.wasm.wasmBinary = await (await fetch(wasmUrl)).arrayBuffer()
  const predictor = createPredictor({ ort: ort as unknown as Ort, profile: 'canonical', model: gpt(config) })
  const startedAt = performance.now()
  try {
    const parameters = { before, after }
    for (const side of SIDES) {
      const predict = predictor.of(new Float32Array(parameters[side]))
      for await (const byte of generateStream(predict, { prompt, length, seed: SEED }))
        tell({ type: 'byte', side, byte })
    }
    tell({ type: 'done', ms: performance.now() - startedAt })
  } finally {
    await predictor.release()
  }
}

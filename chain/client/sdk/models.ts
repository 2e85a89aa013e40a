/** Trained models: looked up, downloaded, and held against their address. */
import { bytesToHex } from '../../lib/bytes.ts'
import { sha256 } from '../../lib/hash.ts'
import { modelCid } from '../content/index.ts'
import { listOf, type ModelReply, modelLine, modelReply } from '../gateway/index.ts'
import type { SdkContext } from './context.ts'
import { FileDiffersError } from './errors.ts'

export type Models = ReturnType<typeof createModels>

export interface Downloaded {
  readonly model: ModelReply
  readonly bytes: Uint8Array
}

export function createModels({ http }: SdkContext) {
  const ofTask = (task: string, round?: number): Promise<ModelReply> =>
    http.json(modelReply, `/api/v1/tasks/${encodeURIComponent(task)}/model`, { query: { round } })

  return {
    list: (query: { cursor?: string; limit?: number } = {}) =>
      http.json(listOf(modelLine), '/api/v1/models', { query }),
    get: (cid: string): Promise<ModelReply> => http.json(modelReply, `/api/v1/models/${encodeURIComponent(cid)}`),
    /** The model of a task after so many rounds, those that have settled when none are named. */
    ofTask,
    /**
     * Downloads a task's model.
     * @param format `onnx` runs anywhere; `parameters` are checked against the address, which the chain's rounds name
     * @throws FileDiffersError
     */
    async download(
      task: string,
      { round, format = 'onnx' }: { round?: number; format?: 'onnx' | 'parameters' } = {},
    ): Promise<Downloaded> {
      const model = await ofTask(task, round)
      const bytes = await http.bytes(`/api/v1/models/${model.cid}/${format}`)
      const hash = bytesToHex(sha256(bytes))
      const fits = format === 'onnx' ? hash === model.onnxSha256 : modelCid(hash) === model.cid
      if (fits) return { model, bytes }
      throw new FileDiffersError({
        what: `The file of model ${model.cid} is another one: it hashes to ${hash}.`,
        fix: 'Ask another gateway, or run `blyan task model`, which merges it on this machine.',
        data: { cid: model.cid, got: hash },
      })
    },
  }
}

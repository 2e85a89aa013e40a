/** The model as an ONNX file, its hash checked before it is saved. */
import { useState } from 'react'
import { modelReply } from '../../../../chain/client/gateway/index.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { toBlyanError, WrongBytesError } from '../../api/errors.ts'
import { Button } from '../../component/Button.tsx'
import { Problem } from '../../component/Problem.tsx'
import { useServices } from '../../shell/services.tsx'
import { checkedBytes, saveBytes } from '../../write/checkedBytes.ts'

export function DownloadModel({ task }: { task: string }) {
  const { api } = useServices()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const download = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const model = await api.call(`/api/v1/tasks/${task}/model`, modelReply)
      if (model.onnxUrl === null || model.onnxSha256 === null) {
        throw new WrongBytesError({
          what: 'This gateway does not hold the model.',
          fix: 'Ask again in a minute, or use `blyan task model` where the storage nodes can be reached.',
        })
      }
      saveBytes(await checkedBytes(api, model.onnxUrl, model.onnxSha256), `task-${task}-round-${model.round}.onnx`)
    } catch (error) {
      setProblem(toBlyanError(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="stack-tight">
      <Button busy={busy} onClick={() => void download()}>
        {busy ? 'Fetching and checking' : 'Download ONNX'}
      </Button>
      {problem === null ? null : <Problem problem={problem} />}
    </div>
  )
}

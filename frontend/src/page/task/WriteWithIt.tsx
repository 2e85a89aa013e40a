/** "Write with it": one's own words continued before and after training, computed in this page. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { useEffect, useRef, useState } from 'react'
import { modelReply } from '../../../../chain/client/gateway/index.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { toBlyanError, WrongBytesError } from '../../api/errors.ts'
import { Button } from '../../component/Button.tsx'
import { Field } from '../../component/Field.tsx'
import { Problem } from '../../component/Problem.tsx'
import { useServices } from '../../shell/services.tsx'
import { checkedBytes } from '../../write/checkedBytes.ts'
import { SIDES, type Side, type WriteNews, type WriteOrder } from '../../write/messages.ts'

const LENGTH = 160

export default function WriteWithIt({ task }: { task: string }) {
  const { api } = useServices()
  const [prompt, setPrompt] = useState('The ')
  const [written, setWritten] = useState<Record<Side, number[]> | null>(null)
  const [busy, setBusy] = useState<string | null>(null)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const worker = useRef<Worker | null>(null)
  useEffect(() => () => worker.current?.terminate(), [])

  const write = async () => {
    setProblem(null)
    setBusy('Fetching the model')
    setWritten(null)
    try {
      const path = `/api/v1/tasks/${task}/model`
      const [before, after] = await Promise.all([
        api.call(path, modelReply, { query: { round: 0 } }),
        api.call(path, modelReply),
      ])
      if (after.config === null || after.parametersUrl === null || before.parametersUrl === null) {
        throw new WrongBytesError({
          what: 'This gateway does not hold the model’s parameters.',
          fix: 'Ask again in a minute, or open the task at another gateway.',
        })
      }
      const [first, last] = await Promise.all([
        checkedBytes(api, before.parametersUrl, before.hash),
        checkedBytes(api, after.parametersUrl, after.hash),
      ])
      setBusy('Starting the model in this page')
      worker.current?.terminate()
      const mine = new Worker(new URL('../../write/write.worker.ts', import.meta.url), { type: 'module' })
      worker.current = mine
      const { layers, width, heads, context, vocab } = after.config
      const order: WriteOrder = {
        config: { layers, width, heads, context, vocab },
        before: first.buffer,
        after: last.buffer,
        prompt: new TextEncoder().encode(prompt),
        length: LENGTH,
        wasmUrl,
      }
      mine.onmessage = ({ data }: MessageEvent<WriteNews>) => {
        if (data.type === 'byte') {
          setBusy('Writing')
          setWritten((known) => {
            const next = known ?? { before: [], after: [] }
            return { ...next, [data.side]: [...next[data.side], data.byte] }
          })
          return
        }
        if (data.type === 'failed') setProblem(toBlyanError(new Error(data.what)))
        setBusy(null)
        mine.terminate()
      }
      mine.onerror = (event) => {
        setProblem(toBlyanError(new Error(event.message)))
        setBusy(null)
      }
      mine.postMessage(order, [order.before, order.after])
    } catch (error) {
      setProblem(toBlyanError(error))
      setBusy(null)
    }
  }
  return (
    <div className="stack">
      <Field label="Begin with your own words">
        {(ids) => (
          <input
            {...ids}
            className="input"
            maxLength={60}
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
          />
        )}
      </Field>
      <div className="row">
        <Button primary busy={busy !== null} onClick={() => void write()}>
          {busy ?? 'Write with it'}
        </Button>
        <span className="detail">Computed in this page; what you type stays here.</span>
      </div>
      {problem === null ? null : <Problem problem={problem} />}
      {written === null ? null : (
        <div className="columns columns-even">
          {SIDES.map((side) => (
            <figure key={side} className="written">
              <figcaption>
                {side === 'before' ? 'Before training' : 'After training'}
                <span className="detail"> written by the model</span>
              </figcaption>
              <p className="mono" data-side={side}>
                <span className="written-prompt">{prompt}</span>
                {textOf(written[side])}
              </p>
            </figure>
          ))}
        </div>
      )}
      <p className="detail">
        <strong>checked here</strong>: the parameters’ bytes hash to what the task’s record names.
      </p>
    </div>
  )
}

/** Controls and direction marks: written by a stranger's model, they must not reach beyond their place. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are taken out
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g

/** Bytes as text; what is none yet shows as a mark. */
const textOf = (bytes: readonly number[]): string =>
  new TextDecoder().decode(Uint8Array.from(bytes)).replace(CONTROLS, '\u00b7')

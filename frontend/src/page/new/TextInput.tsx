/** The text to train on: dropped, chosen or pasted; what becomes public is said beside it. */
import { type DragEvent, useId, useState } from 'react'
import { Field } from '../../component/Field.tsx'
import { bytesText } from '../../format/amount.ts'
import { TextByCid } from './TextByCid.tsx'

export interface ChosenText {
  name: string
  bytes: Uint8Array
}

export interface TextInputProps {
  text: ChosenText | null
  problem: string | null
  /** Bytes that the chosen rounds take. */
  needed: number
  onText: (text: ChosenText | null) => void
}

export function TextInput({ text, problem, needed, onText }: TextInputProps) {
  const [over, setOver] = useState(false)
  const [way, setWay] = useState<'paste' | 'name' | null>(null)
  const other = (next: 'paste' | 'name') => () => setWay(way === next ? null : next)
  const id = useId()
  const take = (file: File | undefined) => {
    if (file === undefined) return
    void file.arrayBuffer().then((buffer) => onText({ name: file.name, bytes: new Uint8Array(buffer) }))
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  return (
    <fieldset className="choice">
      <legend>
        <span className="step-number">2</span> Your text
      </legend>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the field inside is the first */}
      <div
        className="drop"
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {text === null ? (
          <p>Drop a text file here, in UTF-8, at least {bytesText(needed)} for these rounds.</p>
        ) : (
          <p>
            <strong>
              <bdi>{text.name}</bdi>
            </strong>
            , {bytesText(text.bytes.length)}
          </p>
        )}
        <div className="row">
          <label className="button quiet file-button" htmlFor={id}>
            {text === null ? 'Choose a file' : 'Choose another'}
            <input
              id={id}
              type="file"
              accept="text/*,.md,.csv,.json,.jsonl"
              className="hidden-visually"
              aria-invalid={problem === null ? undefined : true}
              onChange={(event) => take(event.target.files?.[0])}
            />
          </label>
          <button type="button" className="button plain" onClick={other('paste')} aria-expanded={way === 'paste'}>
            or paste text
          </button>
          <button type="button" className="button plain" onClick={other('name')} aria-expanded={way === 'name'}>
            or name a CID
          </button>
        </div>
      </div>
      {way === 'name' ? <TextByCid onText={onText} /> : null}
      {way === 'paste' ? (
        <Field label="Pasted text">
          {(ids) => (
            <textarea
              {...ids}
              rows={6}
              onChange={(event) => {
                const bytes = new TextEncoder().encode(event.target.value)
                onText(bytes.length === 0 ? null : { name: 'pasted text', bytes })
              }}
            />
          )}
        </Field>
      ) : null}
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
      <p className="notice">
        <strong>Becomes public:</strong> four fifths of it go to the workers, whoever they are. The last fifth stays
        sealed; of it each round’s test text opens after its round.
      </p>
    </fieldset>
  )
}

/** "Recompute this sample here": chosen, run, stopped, and what came of it with its evidence. */
import { useState } from 'react'
import { Button } from '../../component/Button.tsx'
import { Field } from '../../component/Field.tsx'
import { Hash } from '../../component/Hash.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { Empty } from '../../component/states.tsx'
import type { Redone, Sample, Unchecked } from '../../recompute/messages.ts'
import { useRecompute } from '../../recompute/useRecompute.ts'
import type { Samples } from '../../recompute/useSamples.ts'
import { checkValueSentence, progressSentence, resultSentence, sampleName, secondsText } from '../../recompute/words.ts'
import type { Mark } from '../../words/phases.ts'

export function RecomputeSample({ at, samples }: { at: Omit<Sample, 'leaf'>; samples: Samples }) {
  const { market, rpc, drawn, count, kept, isPublished } = samples
  const [chosen, setChosen] = useState(kept ?? count)
  const { state, start, stop, clear } = useRecompute()
  if (!isPublished) {
    return <Empty>Its trainer has published no states of this round, so nobody can begin where it began.</Empty>
  }
  const running = state.step === 'running'
  return (
    <div className="stack-tight">
      <Field
        label="Which sample"
        hint="Drawn by lot after the hand-in. Once pay is free, this gateway still keeps the one that is chosen first, and the update."
      >
        {(ids) => (
          <select
            {...ids}
            className="input"
            value={chosen}
            disabled={running}
            onChange={({ target }) => {
              clear()
              setChosen(Number(target.value))
            }}
          >
            {[...drawn, count].map((sample) => (
              <option key={sample} value={sample}>
                {sampleName(sample, count)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div className="row">
        {running ? (
          <Button onClick={stop}>Stop</Button>
        ) : (
          <Button primary onClick={() => start({ sample: { ...at, leaf: chosen }, market, rpc })}>
            Recompute this sample here
          </Button>
        )}
        <span className="detail">Done in this page, on this machine.</span>
      </div>
      <div role="status" className="recompute" data-step={state.step}>
        {state.step === 'running' ? (
          <>
            <p>{progressSentence(state.progress)}</p>
            {state.progress.of === null ? null : (
              <progress aria-label="Steps done" value={state.progress.done} max={state.progress.of} />
            )}
          </>
        ) : null}
        {state.step === 'stopped' ? <p>Stopped; nothing was found out.</p> : null}
        {state.step === 'redone' ? <Outcome redone={state.redone} rpc={rpc} /> : null}
        {state.step === 'unchecked' ? <NotChecked unchecked={state.unchecked} /> : null}
      </div>
      {state.step === 'redone' ? <Evidence redone={state.redone} /> : null}
      {state.step === 'unchecked' ? (
        <details>
          <summary>Evidence</summary>
          <pre>{state.unchecked.detail}</pre>
        </details>
      ) : null}
    </div>
  )
}

const SAME: Mark = { word: 'Same', tone: 'ok' }
const DIFFERENT: Mark = { word: 'Different', tone: 'bad' }
const NOT_CHECKED: Mark = { word: 'Not checked', tone: 'plain' }

function Outcome({ redone, rpc }: { redone: Redone; rpc: string }) {
  const value = checkValueSentence(redone)
  return (
    <>
      <Stamp mark={redone.same ? SAME : DIFFERENT} />
      <p>{resultSentence(redone)}</p>
      {value === null ? null : <p>{value}</p>}
      <p className="detail">
        <strong>checked here</strong>: where it began and where the trainer said that it ended stand in what was
        committed on chain; every file is the one that its address names.{' '}
        {new URL(rpc).origin === location.origin
          ? 'The chain was read through this gateway’s own door: another RPC, below, makes this independent of it.'
          : `The chain was read over ${new URL(rpc).host}.`}
      </p>
    </>
  )
}

function NotChecked({ unchecked: { why } }: { unchecked: Unchecked }) {
  return (
    <>
      <Stamp mark={NOT_CHECKED} />
      <p>It cannot be checked here: {why}</p>
    </>
  )
}

function Evidence({ redone }: { redone: Redone }) {
  const { committed, got, checkValue, handed, evidence, steps, trainingMs, ms } = redone
  const hashes = [
    { name: 'End, as committed', value: committed },
    { name: 'End, as computed here', value: got },
    ...(checkValue === null ? [] : [{ name: 'Check value, as computed here', value: checkValue }]),
    ...handed.map(({ who, value }) => ({ name: `Check value of ${who}`, value })),
  ]
  return (
    <details>
      <summary>Evidence</summary>
      <dl className="facts">
        {[...hashes, ...evidence].map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figure">{isLong(value) ? <Hash value={value} label={name} /> : value}</dd>
          </div>
        ))}
        <div>
          <dt>Time</dt>
          <dd className="figure">
            {secondsText(trainingMs)} for {steps} steps, {secondsText(ms)} in all
          </dd>
        </div>
      </dl>
    </details>
  )
}

/** Hashes and addresses; other values are read as they are. */
const isLong = (value: string): boolean => value.length >= 40 && !value.includes(' ')

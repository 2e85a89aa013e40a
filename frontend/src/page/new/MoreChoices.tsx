/** What few need: steps, samples, machine class, and the raw order. */
import type { TaskOrderBody } from '../../../../chain/client/gateway/index.ts'
import { Field } from '../../component/Field.tsx'
import type { ChoiceProblems, Choices } from './choices.ts'

export interface MoreChoicesProps {
  choices: Choices
  problems: ChoiceProblems
  order: TaskOrderBody | null
  onChange: (change: Partial<Choices>) => void
}

const CLASSES: Readonly<Record<Choices['class'], string>> = {
  any: 'any machine',
  edge: 'laptops and small machines',
  cloud: 'servers',
  browser: 'browsers',
}

export function MoreChoices({ choices, problems, order, onChange }: MoreChoicesProps) {
  return (
    <details>
      <summary>Steps, samples, machines, raw order</summary>
      <div className="stack">
        <div className="numbers">
          <Field label="Steps a round" problem={problems.steps}>
            {(ids) => (
              <input
                {...ids}
                inputMode="numeric"
                className="input number"
                value={choices.steps}
                onChange={(event) => onChange({ steps: event.target.value })}
              />
            )}
          </Field>
          <Field label="Samples a round" problem={problems.segments}>
            {(ids) => (
              <input
                {...ids}
                inputMode="numeric"
                className="input number"
                value={choices.segments}
                onChange={(event) => onChange({ segments: event.target.value })}
              />
            )}
          </Field>
          <Field label="Machines">
            {(ids) => (
              <select
                {...ids}
                value={choices.class}
                onChange={(event) => onChange({ class: event.target.value as Choices['class'] })}
              >
                {Object.entries(CLASSES).map(([name, words]) => (
                  <option key={name} value={name}>
                    {words}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <pre>{order === null ? 'Mend the choices first.' : JSON.stringify(order, null, 2)}</pre>
      </div>
    </details>
  )
}

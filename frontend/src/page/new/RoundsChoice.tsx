/** How long: rounds, trainers a round, and what each is paid. */
import { Field } from '../../component/Field.tsx'
import { Term } from '../../component/Term.tsx'
import type { ChoiceProblems, Choices } from './choices.ts'

export interface RoundsChoiceProps {
  choices: Choices
  problems: ChoiceProblems
  onChange: (change: Partial<Choices>) => void
}

export function RoundsChoice({ choices, problems, onChange }: RoundsChoiceProps) {
  return (
    <fieldset className="choice">
      <legend>
        <span className="step-number">3</span> <Term of="round">Rounds</Term>
      </legend>
      <div className="numbers">
        <Field label="Rounds" problem={problems.rounds}>
          {(ids) => (
            <input
              {...ids}
              inputMode="numeric"
              className="input number"
              value={choices.rounds}
              onChange={(event) => onChange({ rounds: event.target.value })}
            />
          )}
        </Field>
        <Field label="Trainers a round" problem={problems.workers}>
          {(ids) => (
            <input
              {...ids}
              inputMode="numeric"
              className="input number"
              value={choices.workers}
              onChange={(event) => onChange({ workers: event.target.value })}
            />
          )}
        </Field>
        <Field label="BLY for each, a round" problem={problems.pay}>
          {(ids) => (
            <input
              {...ids}
              inputMode="decimal"
              className="input number"
              value={choices.pay}
              onChange={(event) => onChange({ pay: event.target.value })}
            />
          )}
        </Field>
      </div>
    </fieldset>
  )
}

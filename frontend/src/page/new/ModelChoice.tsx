/** Which model: sizes with what they are good for. */
import type { TaskOrderBody } from '../../../../chain/client/gateway/index.ts'
import { MODEL_WORDS } from './choices.ts'

export interface ModelChoiceProps {
  chosen: TaskOrderBody['model']
  onChoose: (model: TaskOrderBody['model']) => void
}

export function ModelChoice({ chosen, onChoose }: ModelChoiceProps) {
  return (
    <fieldset className="choice">
      <legend>
        <span className="step-number">1</span> Model
      </legend>
      {(['demo', 'small'] as const).map((model) => (
        <label key={model} className="option">
          <input type="radio" name="model" checked={chosen === model} onChange={() => onChoose(model)} />
          <span>
            <strong>{MODEL_WORDS[model].name}</strong>
            <span className="detail">{MODEL_WORDS[model].what}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** A form's field with its label, its hint and the sentence that refuses it. */
import { type ReactNode, useId } from 'react'

export interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  /** Why the value cannot stand. */
  problem?: string | null
  children: (ids: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': boolean | undefined
  }) => ReactNode
}

export function Field({ label, hint, problem = null, children }: FieldProps) {
  const id = useId()
  const described = [hint === undefined ? null : `${id}-hint`, problem === null ? null : `${id}-problem`].filter(
    (part) => part !== null,
  )
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': described.length === 0 ? undefined : described.join(' '),
        'aria-invalid': problem === null ? undefined : true,
      })}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="detail">
          {hint}
        </p>
      )}
      {problem === null ? null : (
        <p id={`${id}-problem`} className="field-problem">
          {problem}
        </p>
      )}
    </div>
  )
}

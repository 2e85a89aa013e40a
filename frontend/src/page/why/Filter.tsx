/** Which lines are shown: one task, one role, or what went unpaid. */
import { useId } from 'react'
import { WHY_ROLES, type WhyFilter, type WhyRole } from './rows.ts'

const ROLE_WORDS: Readonly<Record<WhyRole, string>> = {
  trainer: 'as trainer',
  validator: 'as validator',
  juror: 'on juries',
  anyone: 'moving tasks on',
}

export interface FilterProps {
  filter: WhyFilter
  tasks: readonly string[]
  onChange: (filter: WhyFilter) => void
}

export function Filter({ filter, tasks, onChange }: FilterProps) {
  const id = useId()
  return (
    <fieldset className="why-filter">
      <legend className="hidden-visually">Show</legend>
      <label htmlFor={`${id}task`}>
        Task
        <select
          id={`${id}task`}
          className="input"
          value={filter.task ?? ''}
          onChange={({ target }) => onChange({ ...filter, task: target.value || null })}
        >
          <option value="">all</option>
          {tasks.map((task) => (
            <option key={task} value={task}>
              {task}
            </option>
          ))}
        </select>
      </label>
      <label htmlFor={`${id}role`}>
        Role
        <select
          id={`${id}role`}
          className="input"
          value={filter.role ?? ''}
          onChange={({ target }) => onChange({ ...filter, role: (target.value || null) as WhyFilter['role'] })}
        >
          <option value="">all</option>
          {WHY_ROLES.map((role) => (
            <option key={role} value={role}>
              {ROLE_WORDS[role]}
            </option>
          ))}
        </select>
      </label>
      <label className="why-unpaid">
        <input
          type="checkbox"
          checked={filter.unpaid === true}
          onChange={({ target }) => onChange({ ...filter, unpaid: target.checked })}
        />
        only unpaid and lost
      </label>
    </fieldset>
  )
}

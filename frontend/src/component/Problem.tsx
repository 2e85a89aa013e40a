/** An error as people need it: what, what to do about it, and an id to ask with. */
import type { ReactNode } from 'react'
import type { BlyanError } from '../../../chain/lib/errors.ts'
import { Button } from './Button.tsx'

export interface ProblemProps {
  problem: Pick<BlyanError, 'code' | 'what' | 'fix' | 'id'>
  /** The fix as a button, where there is one. */
  action?: { label: string; run: () => void }
  children?: ReactNode
}

export function Problem({ problem, action, children }: ProblemProps) {
  return (
    <div className="problem" role="alert">
      <p className="problem-what">{problem.what}</p>
      <p>{problem.fix}</p>
      {action ? <Button onClick={action.run}>{action.label}</Button> : null}
      {children}
      <p className="detail">
        {problem.code}
        {problem.id === null ? '' : ` · id ${problem.id}`}
      </p>
    </div>
  )
}

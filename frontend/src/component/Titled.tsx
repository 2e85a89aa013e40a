/** A page whose first line is known only with its data: until then it has a plain one, so that it is never without. */
import type { ReactNode } from 'react'
import type { Asked } from '../api/queries.ts'
import { Loaded } from './states.tsx'

export interface TitledProps<T> {
  asked: Asked<T>
  /** Heading while there is nothing to say yet. */
  title: string
  what: string
  children: (data: T) => ReactNode
}

export function Titled<T>({ asked, title, what, children }: TitledProps<T>) {
  return (
    <div className="page">
      {asked.data === undefined ? <h1>{title}</h1> : null}
      <Loaded asked={asked} what={what} lines={8}>
        {(data) => <div className="page">{children(data)}</div>}
      </Loaded>
    </div>
  )
}

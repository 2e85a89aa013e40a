/** One rubber-stamp word for an outcome; its tone repeats what the word says. */
import type { Mark } from '../words/phases.ts'

/** Shapes beside the word, for whoever sees no colours. */
const SHAPES = { ok: '✓', wait: '◷', bad: '✕', plain: '–' } as const

/** @param quiet without its border and tilt, for table cells */
export function Stamp({ mark, quiet = false }: { mark: Mark; quiet?: boolean }) {
  return (
    <span className={`${quiet ? 'word' : 'stamp'} tone-${mark.tone}`}>
      <span aria-hidden="true" className="shape">
        {SHAPES[mark.tone]}
      </span>
      {mark.word}
    </span>
  )
}

/** A word of the glossary: underlined, it opens its sentence. */
import { useId } from 'react'
import { GLOSSARY, type Term as TermName } from '../../../chain/client/words/glossary.ts'

export function Term({ of, children }: { of: TermName; children?: string }) {
  const id = useId()
  return (
    <span className="term">
      <button type="button" className="term-word" popoverTarget={id}>
        {children ?? of}
      </button>
      <span id={id} popover="auto" className="term-sentence">
        <strong>{of}</strong> {GLOSSARY[of]}
      </span>
    </span>
  )
}

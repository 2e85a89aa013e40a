/** One search for account, task, receipt and hash; `/` puts the cursor there. */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { searchTargets } from './searchTarget.ts'

export function Search() {
  const [text, setText] = useState('')
  const [, go] = useLocation()
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target)) return
      event.preventDefault()
      input.current?.focus()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
  const targets = text.trim() === '' ? [] : searchTargets(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (targets[0] === undefined) return
    go(targets[0].href)
    setText('')
    input.current?.blur()
  }
  return (
    <search className="search">
      <form onSubmit={submit}>
        <label htmlFor={id} className="hidden-visually">
          Account, task, receipt or hash
        </label>
        <input
          id={id}
          ref={input}
          value={text}
          maxLength={128}
          placeholder="Account, task, hash"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setText('')
          }}
        />
        <kbd title="Press / to search">/</kbd>
      </form>
      {text.trim() === '' ? null : (
        <ul className="search-results" aria-label="What this may be">
          {targets.map(({ href, what }) => (
            <li key={href}>
              <Link href={href} onClick={() => setText('')}>
                {what}
              </Link>
            </li>
          ))}
          {targets.length === 0 ? <li className="detail">No account, task, receipt or hash looks like this.</li> : null}
        </ul>
      )}
    </search>
  )
}

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

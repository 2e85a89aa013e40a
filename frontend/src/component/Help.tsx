/** The keys, and the glossary: `?` opens it anywhere. */
import { useEffect, useState } from 'react'
import { GLOSSARY } from '../../../chain/client/words/glossary.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { isTyping } from './Search.tsx'

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'search'],
  ['?', 'this list'],
  ['Tab', 'next link, button or amount; an amount in focus shows all its digits'],
  ['← →', 'between tabs'],
  ['Esc', 'close what is open'],
]

export function Help() {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === '?' && !isTyping(event.target)) setOpen(true)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
  return (
    <>
      <Button className="plain" onClick={() => setOpen(true)}>
        Keys and words
      </Button>
      <Dialog title="Keys and words" open={open} onClose={() => setOpen(false)}>
        <dl className="definitions">
          {KEYS.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
          {Object.entries(GLOSSARY).map(([term, sentence]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{sentence}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </>
  )
}

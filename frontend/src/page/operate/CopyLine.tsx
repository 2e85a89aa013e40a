/** A command that works when pasted, with a button that copies it. */
import { useState } from 'react'

export function CopyLine({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () =>
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 1_500)
    })
  return (
    <div className="copy-line">
      <pre>{text}</pre>
      <button type="button" className="button quiet" onClick={copy} aria-label={`Copy: ${text}`}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </div>
  )
}

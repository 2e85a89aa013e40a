/** A hash or CID, both ends of it, whole in the clipboard. */
import { useState } from 'react'
import { shortHash } from '../format/hash.ts'

export function Hash({ value, label = 'hash' }: { value: string; label?: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <button
      type="button"
      className="hash"
      title={value}
      aria-label={`${label} ${shortHash(value)}, copy`}
      onClick={() => {
        void navigator.clipboard?.writeText(value).then(() => {
          setCopied(true)
          setTimeout(() => setCopied(false), 1_500)
        })
      }}
    >
      {copied ? 'copied' : shortHash(value)}
    </button>
  )
}

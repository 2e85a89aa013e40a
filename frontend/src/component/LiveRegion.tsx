/** The one voice for screen readers: polite, and at most every ten seconds the latest sentence. */
import { useEffect, useRef, useState } from 'react'
import { createSpeaker } from './speaker.ts'

export function LiveRegion({ sentence }: { sentence: string }) {
  const [spoken, setSpoken] = useState('')
  const speaker = useRef<ReturnType<typeof createSpeaker> | null>(null)
  speaker.current ??= createSpeaker({ speak: setSpoken })
  useEffect(() => speaker.current?.say(sentence), [sentence])
  useEffect(() => () => speaker.current?.stop(), [])
  return (
    <p aria-live="polite" className="hidden-visually">
      {spoken}
    </p>
  )
}

/** Lets one sentence through at most every ten seconds: of those between only the last is said. */
export const SILENCE_MS = 10_000

export interface SpeakerOptions {
  speak: (sentence: string) => void
  now?: () => number
  setTimer?: (job: () => void, ms: number) => unknown
  clearTimer?: (timer: unknown) => void
}

export function createSpeaker({
  speak,
  now = Date.now,
  setTimer = (job, ms) => setTimeout(job, ms),
  clearTimer = (timer) => clearTimeout(timer as number),
}: SpeakerOptions) {
  let spokenAt = Number.NEGATIVE_INFINITY
  let waiting: string | null = null
  let timer: unknown = null
  const flush = () => {
    timer = null
    if (waiting === null) return
    spokenAt = now()
    speak(waiting)
    waiting = null
  }
  return {
    say(sentence: string): void {
      waiting = sentence
      if (timer !== null) return
      const rest = spokenAt + SILENCE_MS - now()
      if (rest <= 0) flush()
      else timer = setTimer(flush, rest)
    },
    stop(): void {
      if (timer !== null) clearTimer(timer)
      timer = null
    },
  }
}

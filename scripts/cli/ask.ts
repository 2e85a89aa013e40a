/** The one question before something is signed. */
import { createInterface } from 'node:readline/promises'
import { DeclinedError, NeedsAnswerError } from './errors.ts'

export interface AskOptions {
  /** `--yes` was given. */
  yes: boolean
  /** Text for the answer `e`; without it the question has no such choice. */
  explain?: string
  input?: NodeJS.ReadableStream & { isTTY?: boolean }
  output?: NodeJS.WritableStream
}

/** Resolves when the person agrees. Anything but y is a no.
 *  @throws DeclinedError (exit 130), NeedsAnswerError (exit 2) where nobody can be asked */
export async function confirm(question: string, options: AskOptions): Promise<void> {
  const { yes, explain, input = process.stdin, output = process.stderr } = options
  if (yes) return
  if (input.isTTY !== true) {
    throw new NeedsAnswerError({
      what: `"${question}" needs an answer, and nobody can be asked here. Nothing was sent.`,
      fix: 'Add --yes to agree beforehand; --max BLY sets a ceiling.',
      data: { field: 'yes' },
    })
  }
  const readline = createInterface({ input, output })
  try {
    for (;;) {
      const answer = (await readline.question(`${question} [y/N${explain === undefined ? '' : '/e explain'}] `))
        .trim()
        .toLowerCase()
      if (answer === 'y' || answer === 'yes') return
      if (answer !== 'e' || explain === undefined) break
      output.write(`${explain}\n`)
    }
  } finally {
    readline.close()
  }
  throw new DeclinedError({ what: 'You said no; nothing was sent.', fix: 'Run the command again when you want to.' })
}

/** Finds the command, runs it, and turns whatever it throws into code, what, fix and an exit code. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, exitCodeOf, HelpRequest, UsageError } from './errors.ts'
import { errorText, palette } from './print.ts'
import { toBlyanError } from './systemErrors.ts'
import { findVerb, VERBS } from './verbs.ts'

/** What each command's module exports. */
export interface VerbModule {
  run(argv: string[]): Promise<number>
}

/** Runs one command line. @returns the exit code: 0 done, 1 failed, 2 usage, 130 declined */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const json = argv.some((arg) => arg === '--json' || arg.startsWith('--json='))
  if (argv.includes('--no-color')) process.env.NO_COLOR = '1'
  try {
    return await dispatch(argv)
  } catch (thrown) {
    if (thrown instanceof HelpRequest) {
      process.stdout.write(`${thrown.message}\n`)
      return EXIT.done
    }
    const error = toBlyanError(thrown)
    const code = exitCodeOf(error)
    const note = code === EXIT.usage ? 'nothing was sent, nothing changed' : String(error.data.effect ?? '')
    if (json) process.stdout.write(`${JSON.stringify({ error: error.toJSON() })}\n`)
    else process.stderr.write(errorText(error, { paint: palette(process.stderr), note }))
    if (argv.includes('-v') || argv.includes('--verbose')) process.stderr.write(`${rawText(thrown)}\n`)
    return code
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const first = argv.find((arg) => arg !== '--no-color')
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    process.stdout.write(`${overview()}\n`)
    return first === undefined ? EXIT.usage : EXIT.done
  }
  if (first === '--version') {
    const { default: meta } = await import('../../package.json', { with: { type: 'json' } })
    process.stdout.write(`blyan ${meta.version}, Node ${process.version}\n`)
    return EXIT.done
  }
  const found = findVerb(argv)
  if (found === null) {
    throw new UsageError({
      what: `There is no command ${JSON.stringify(first)}.`,
      fix: `See ./blyan --help. Commands: ${VERBS.map(({ words }) => words).join(', ')}`,
      data: { field: 'command' },
    })
  }
  const file = join(import.meta.dirname, found.verb.file)
  if (!existsSync(file)) {
    throw new UsageError({
      what: `blyan ${found.verb.words} is not part of this checkout: scripts/cli/${found.verb.file} is missing.`,
      fix: 'Restore the file (git checkout), or use a released version.',
      data: { field: 'command' },
    })
  }
  const { run } = (await import(file)) as VerbModule
  return await run(found.rest)
}

function overview(): string {
  const width = Math.max(...VERBS.map(({ words }) => words.length))
  return [
    "Blyan: strangers' machines train your model, their work is redone in part, and each payment says why.",
    '',
    ...VERBS.map(({ words, sentence }) => `  blyan ${words.padEnd(width)}  ${sentence}`),
    '',
    '  blyan COMMAND --help shows its options. Exit codes: 0 done, 1 failed, 2 usage, 130 interrupted.',
  ].join('\n')
}

function rawText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const cause = thrown.cause === undefined ? '' : `\ncaused by ${rawText(thrown.cause)}`
  return (thrown.stack ?? thrown.message) + cause
}

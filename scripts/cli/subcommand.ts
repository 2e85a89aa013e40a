/** Commands of two words: `blyan receipt verify`. Unknown second words name those that exist. */
import { EXIT, UsageError } from './errors.ts'
import { VERBS } from './verbs.ts'

/** Runs one of a command's own commands; help without one lists them. */
export async function subcommand(
  command: string,
  argv: readonly string[],
  parts: Readonly<Record<string, (argv: string[]) => Promise<number>>>,
): Promise<number> {
  const at = argv.findIndex((arg) => !arg.startsWith('-'))
  const name = argv[at]
  if (name !== undefined && Object.hasOwn(parts, name)) return parts[name]!(argv.filter((_, i) => i !== at))
  const names = Object.keys(parts)
  if (name === undefined && argv.some((arg) => arg === '--help' || arg === '-h')) {
    const sentence = VERBS.find(({ words }) => words === command)?.sentence ?? ''
    const list = names.map((each) => `  blyan ${command} ${each} --help`).join('\n')
    process.stdout.write(`${sentence}\n\n${list}\n`)
    return EXIT.done
  }
  throw new UsageError({
    what:
      name === undefined
        ? `blyan ${command}: what shall it do?`
        : `blyan ${command} has no command ${JSON.stringify(name)}.`,
    fix: `Choose one: ${names.map((each) => `./blyan ${command} ${each}`).join(', ')}`,
    data: { field: 'command', command },
  })
}

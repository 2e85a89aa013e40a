/** `blyan task`: one file a subcommand. */
import { UsageError } from './errors.ts'

const COMMANDS = ['create', 'show', 'list', 'cancel', 'model'] as const

export async function run(argv: string[]): Promise<number> {
  const name = COMMANDS.find((each) => each === argv[0])
  if (!name) {
    throw new UsageError({
      what: `blyan task needs one of ${COMMANDS.join(', ')}.`,
      fix: 'See ./blyan task create --help',
      data: { field: 'command' },
    })
  }
  const { run } = (await import(`./task/${name}.ts`)) as { run(argv: string[]): Promise<number> }
  return run(argv.slice(1))
}

/** `blyan task …`: each of its commands is a file in task/, loaded when it is asked for. */
import type { VerbModule } from './dispatch.ts'
import { subcommand } from './subcommand.ts'

const NAMES = ['create', 'show', 'list', 'model', 'cancel'] as const

const load = (name: string) => async (argv: string[]) => ((await import(`./task/${name}.ts`)) as VerbModule).run(argv)

export const run = (argv: string[]): Promise<number> =>
  subcommand('task', argv, Object.fromEntries(NAMES.map((name) => [name, load(name)])))

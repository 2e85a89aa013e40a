/** Entry of ./blyan: one command line in, one exit code out. */
import { runCommand } from './dispatch.ts'
import { EXIT } from './errors.ts'

// A reader that stops early (`| head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed),
)

const code = await runCommand(process.argv.slice(2))
process.stdout.write('', () => process.exit(code))

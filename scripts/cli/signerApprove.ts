/** `blyan signer approve FILE`: lets the signer of this machine sign a rotation or a further pause. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseApproval, placeApproval } from '../../oracle/signer/index.ts'
import { parseArgs } from './args.ts'
import { EXIT, UsageError } from './errors.ts'

const SPEC = {
  command: 'signer approve',
  sentence: 'Lets this machine’s signer sign a rotation or a further pause, which no chain shows.',
  positionals: [{ name: 'FILE', help: 'the approval: schema, kind and payload', required: true }],
  flags: {
    dir: { type: 'string', value: 'DIR', help: 'the signer’s folder', default: '.blyan/signer' },
    json: { type: 'boolean', help: 'one JSON line' },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const approval = parseApproval(readText(positionals[0]!))
  const file = placeApproval(resolve(flags.dir), approval)
  const { kind, payload } = approval
  const text =
    kind === 'rotate'
      ? `Set ${payload.epoch}: ${payload.k} of ${payload.signers.length} signers, from ${dateOf(payload.validFrom)}.`
      : `Pause ${payload.nonce} of the side that ${payload.direction} pays out on.`
  const note = 'The signer takes it within a round; other content for the same number is refused for ever.'
  process.stdout.write(
    flags.json ? `${JSON.stringify({ type: 'approved', kind, payload, file })}\n` : `${text}\n${note}\n`,
  )
  return EXIT.done
}

/** @param seconds since the Unix epoch, decimal */
const dateOf = (seconds: string): string => new Date(Number(seconds) * 1000).toISOString()

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError({
      what: `blyan signer approve: ${path} cannot be read.`,
      fix: 'Name the approval’s file.',
      data: { field: 'FILE' },
      cause,
    })
  }
}

/** blyan bench NAME: runs scripts/bench/NAME.ts and writes its figures. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type BenchModule, type BenchResult, benchReport } from '../lib/bench.ts'
import { parseArgs } from './args.ts'
import { EXIT, UsageError } from './errors.ts'
import { table } from './print.ts'

const FOLDER = resolve(import.meta.dirname, '../bench')

const SPEC = {
  command: 'bench',
  sentence: 'Measures one part, beside its peers where there are any.',
  positionals: [{ name: 'NAME', help: 'which benchmark; without it, they are listed' }],
  flags: {
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    quick: { type: 'boolean', help: 'small rounds: shows that it runs, not what it is worth' },
    seed: { type: 'integer', help: 'for whatever is drawn', default: '1', min: 0 },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const [name] = positionals
  const names = benchNames()
  if (name === undefined) {
    process.stdout.write(names.map((each) => `${each}\n`).join(''))
    return EXIT.done
  }
  if (!names.includes(name)) {
    throw new UsageError({
      what: `There is no benchmark ${JSON.stringify(name)}.`,
      fix: `Choose one of: ${names.join(', ') || '(none in this checkout)'}`,
      data: { field: 'NAME' },
    })
  }
  const { bench } = (await import(join(FOLDER, `${name}.ts`))) as BenchModule
  const progress = (text: string) => process.stderr.write(`${text}\n`)
  const results = await bench({ quick: flags.quick, seed: flags.seed, progress })
  if (flags.json !== undefined) {
    writeFileSync(flags.json, `${JSON.stringify(benchReport(name, flags.seed, results), null, 2)}\n`)
    progress(`written to ${flags.json}`)
  }
  process.stdout.write(`${resultTable(results)}\n`)
  return EXIT.done
}

/** A benchmark is a module directly in scripts/bench/; what they share lies in folders there. */
export function benchNames(): string[] {
  if (!existsSync(FOLDER)) return []
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'))
  return files.map((file) => file.slice(0, -3)).sort()
}

function resultTable(results: readonly BenchResult[]): string {
  const right = { align: 'right' } as const
  return table(
    [
      { title: 'what' },
      { title: 'median', ...right },
      { title: 'min', ...right },
      { title: 'max', ...right },
      { title: 'unit' },
      { title: 'peer' },
    ],
    results.map(({ id, unit, median, min, max, peer, ratio }) => [
      id,
      ...[median, min, max].map((value) => String(Number(value.toPrecision(4)))),
      unit,
      peer === undefined
        ? ''
        : `${peer.name} ${peer.version}: ${Number(peer.median.toPrecision(4))}, ratio ${ratio!.toFixed(2)}`,
    ]),
  )
}

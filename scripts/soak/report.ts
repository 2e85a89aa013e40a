/** What every soak writes: its own figures, and on which commit and machine, under what load, they were taken. */
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { type CommandSpec, type FlagValues, parseArgs } from '../cli/args.ts'
import { HelpRequest, UsageError } from '../cli/errors.ts'
import { commit, isDirty, machine } from '../lib/machine.ts'

export interface SoakHead {
  readonly name: string
  readonly seed: number
  /** ms since the Unix epoch. */
  readonly startedAt: number
}

/** The soak's flags; ends the process after help or a wrong argument. */
export function soakFlags<const S extends CommandSpec>(spec: S): FlagValues<S> {
  try {
    return parseArgs(spec, process.argv.slice(2)).flags
  } catch (error) {
    if (error instanceof HelpRequest) process.stdout.write(`${error.message}\n`)
    else if (error instanceof UsageError) process.stderr.write(`${error.what}\n${error.fix}\n`)
    else throw error
    process.exit(error instanceof HelpRequest ? 0 : 2)
  }
}

/** Writes `blyan.soak/1` where a file is wanted, and one line to stdout. @returns the exit code */
export function finishSoak(
  { name, seed, startedAt }: SoakHead,
  { ok, summary, ...figures }: { ok: boolean; summary: string } & Record<string, unknown>,
  file: string | undefined,
): number {
  const document = {
    schema: 'blyan.soak/1',
    name,
    ok,
    commit: commit(),
    dirty: isDirty(),
    seed,
    machine: { ...machine(), load: loadavg().map((each) => Math.round(each * 100) / 100) },
    ms: Date.now() - startedAt,
    ...figures,
  }
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(document, null, 1)}\n`)
  process.stdout.write(`${name}: ${summary}${file === undefined ? '' : ` · ${file}`}\n`)
  return ok ? 0 : 1
}

/** Middle value, the lower one of two; 0 of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

/** What every soak writes: its own figures, and on which commit and machine, under what load, they were taken. */
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { commit, isDirty, machine } from '../../scripts/lib/machine.ts'

export interface SoakHead {
  readonly name: string
  readonly seed: number
  /** ms since the Unix epoch. */
  readonly startedAt: number
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

/**
 * `npm run soak:kill -- --json FILE`: kill -9 at each named point, several times by seed, on micro tasks; and processes
 * that lose bytes of the last record they wrote. One network a point, one task a kill.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cutJournalEverywhere } from '../../test/fixtures/journalCuts.ts'
import { arm, drawKill, HONEST, KILL_POINTS, type KillPoint, playKills } from '../../test/fixtures/kills.ts'
import { startNetwork } from '../../test/fixtures/network.ts'
import { finishSoak, median, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak kill',
  sentence: 'Kills processes of small networks at named points and checks that their tasks complete.',
  flags: {
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    seed: { type: 'integer', help: 'picks victims and passes', default: '1', min: 0, max: 2 ** 31 },
    each: { type: 'integer', help: 'kills at each point', default: '5', min: 1, max: 100 },
    point: { type: 'string', help: 'one point alone', choices: Object.keys(KILL_POINTS) },
  },
} as const

interface KillLine {
  point: string
  victim: string
  at: number
  seed: number
  ok: boolean
  /** From the victim's start with its fault to the task's free pay. */
  ms: number
  error: string | null
}

const flags = soakFlags(SPEC)
const startedAt = Date.now()
const points = flags.point === undefined ? (Object.keys(KILL_POINTS) as KillPoint[]) : [flags.point as KillPoint]
const journalCuts = cutJournal()
const kills: KillLine[] = []
for (const point of points) kills.push(...(await killAt(point)))
const good = kills.filter(({ ok }) => ok).length
process.exitCode = finishSoak(
  { name: 'soak.kill', seed: flags.seed, startedAt },
  {
    ok: good === kills.length,
    summary: `${good} of ${kills.length} tasks completed with nothing lost and nobody slashed`,
    completed: good,
    of: kills.length,
    /** Bytes of the journal's last record at which it was cut; it reopened each time with what was acknowledged. */
    journalCuts,
    medianMs: median(kills.map(({ ms }) => ms)),
    kills,
  },
  flags.json,
)

/** @throws Error at the first cut that loses anything */
function cutJournal(): number {
  const dir = mkdtempSync(join(tmpdir(), 'blyan-soak-journal-'))
  try {
    return cutJournalEverywhere(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function killAt(point: KillPoint): Promise<KillLine[]> {
  const dir = mkdtempSync(join(tmpdir(), 'blyan-soak-kill-'))
  const lines: KillLine[] = []
  const network = await startNetwork({ dir, members: HONEST })
  try {
    for (let i = 0; i < flags.each; i++) {
      const seed = flags.seed * 1000 + i
      const kill = drawKill(point, seed)
      const begun = Date.now()
      let error: string | null = null
      try {
        await arm(network, [kill])
        await playKills(network, [kill], seed)
      } catch (cause) {
        error = (cause as Error).message
      }
      lines.push({ point, victim: kill.victim, at: kill.at, seed, ok: error === null, ms: Date.now() - begun, error })
      process.stderr.write(`${point} ${kill.victim} pass ${kill.at}: ${error ?? 'completed'}, ${lines.at(-1)!.ms} ms\n`)
      // A network in which something went wrong says nothing about the next kill.
      if (error !== null) break
    }
  } finally {
    await network.close()
    if (lines.every(({ ok }) => ok)) rmSync(dir, { recursive: true, force: true })
    else process.stderr.write(`kept for a look: ${dir}\n`)
  }
  return lines
}

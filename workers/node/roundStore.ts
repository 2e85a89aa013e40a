/**
 * One round's kept states on disk: what a trainer may be asked to publish, and from where it resumes when killed.
 * Boundary files hold parameters, m, v and counters one after another; `transcript.jsonl` has a line per segment.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Components } from '../../chain/client/protocol.ts'
import { componentBytes, type StateShape, type StepState } from '../proof/index.ts'

export interface Kept {
  readonly boundaries: Components[]
  readonly middles: string[]
  readonly last: StepState
}

export interface RoundStore {
  /** Keeps boundary `index`; `middle` is that of the segment before it, null for boundary 0. */
  keep(index: number, state: StepState, components: Components, middle: string | null): Promise<void>
  stateAt(index: number): Promise<StepState>
  /** What an earlier process kept, or null when nothing usable is there. */
  resume(): Promise<Kept | null>
  /** Keeps the residual with which the next round starts, if this one is merged. */
  keepResidual(name: 'start' | 'final', residual: Float32Array): void
  residual(name: 'start' | 'final'): Float32Array
  /** Removes the boundaries between the first and the last: nobody can ask for them any more. */
  trim(): void
  drop(): void
}

/** @param dir this round's own folder, made when missing */
export function openRoundStore(dir: string, shape: StateShape): RoundStore {
  mkdirSync(dir, { recursive: true })
  const log = join(dir, 'transcript.jsonl')
  const file = (index: number): string => join(dir, `state-${index}.bin`)
  const widths = [shape.parameters, shape.m, shape.v, shape.counters]

  const stateAt = async (index: number): Promise<StepState> => {
    const bytes = await readFile(file(index))
    const parts: Float32Array[] = []
    let at = 0
    for (const width of widths) {
      parts.push(new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * width)))
      at += 4 * width
    }
    return { parameters: parts[0], m: parts[1], v: parts[2], counters: parts[3] }
  }

  return {
    keep: async (index, state, components, middle) => {
      const bytes = Buffer.concat([state.parameters, state.m, state.v, state.counters].map(componentBytes))
      const temporary = `${file(index)}.tmp`
      await writeFile(temporary, bytes)
      renameSync(temporary, file(index))
      appendFileSync(log, `${JSON.stringify({ index, components, middle })}\n`)
    },
    stateAt,
    resume: async () => {
      if (!existsSync(log)) return null
      const boundaries: Components[] = []
      const middles: string[] = []
      for (const line of readFileSync(log, 'utf8').split('\n').slice(0, -1)) {
        let entry: { index: number; components: Components; middle: string | null }
        try {
          entry = JSON.parse(line)
        } catch {
          break
        }
        // A line out of order belongs to a start from scratch after damage: what came before it counts no more.
        if (entry.index === 0) boundaries.length = middles.length = 0
        if (entry.index !== boundaries.length || !existsSync(file(entry.index))) break
        boundaries.push(entry.components)
        if (entry.middle !== null) middles.push(entry.middle)
      }
      if (boundaries.length === 0) return null
      return { boundaries, middles, last: await stateAt(boundaries.length - 1) }
    },
    keepResidual: (name, residual) => {
      const path = join(dir, `residual-${name}.bin`)
      writeFileSync(`${path}.tmp`, componentBytes(residual))
      renameSync(`${path}.tmp`, path)
    },
    residual: (name) => new Float32Array(new Uint8Array(readFileSync(join(dir, `residual-${name}.bin`))).buffer),
    trim: () => {
      for (let index = 0; existsSync(file(index + 1)); index++) rmSync(file(index), { force: true })
    },
    drop: () => rmSync(dir, { recursive: true, force: true }),
  }
}

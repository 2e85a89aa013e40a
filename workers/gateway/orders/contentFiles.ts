/** Content kept beyond its publisher's time: a file each, by address. The one written longest ago makes room. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** About 200 submissions of the largest model that trains here in minutes. */
const MAX_BYTES = 1 << 30
const NAME = /^b[a-z2-7]{20,120}$/

export interface ContentFiles {
  has(cid: string): boolean
  /** Null where it is not kept. */
  read(cid: string): Promise<Uint8Array | null>
  /** More than fits at all is not kept. */
  write(cid: string, bytes: Uint8Array): Promise<void>
}

/** @param dir made when missing */
export function openContentFiles(dir: string, maxBytes: number = MAX_BYTES): ContentFiles {
  mkdirSync(dir, { recursive: true })
  /** Size of each, oldest first. */
  const known = new Map<string, number>()
  let total = 0
  const found = readdirSync(dir).map((name) => ({ name, ...statOf(join(dir, name)) }))
  for (const { name, size } of found.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    // Half a file, from a write that a power cut ended.
    if (!NAME.test(name)) rmSync(join(dir, name), { force: true })
    else note(name, size)
  }

  function note(cid: string, size: number): void {
    total += size - (known.get(cid) ?? 0)
    known.delete(cid)
    known.set(cid, size)
  }
  async function makeRoom(): Promise<void> {
    for (const [cid, size] of known) {
      if (total <= maxBytes) return
      known.delete(cid)
      total -= size
      await rm(join(dir, cid), { force: true })
    }
  }
  return {
    has: (cid) => known.has(cid),
    read: async (cid) => (known.has(cid) ? new Uint8Array(await readFile(join(dir, cid))) : null),
    async write(cid, bytes) {
      if (bytes.length > maxBytes) return
      const path = join(dir, cid)
      await writeFile(`${path}.tmp`, bytes)
      await rename(`${path}.tmp`, path)
      note(cid, bytes.length)
      await makeRoom()
    },
  }
}

const statOf = (path: string): { size: number; mtimeMs: number } => {
  const { size, mtimeMs } = statSync(path)
  return { size, mtimeMs }
}

/** Pins: one empty file a root, so that pinning is one atomic act of the file system. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { guard } from './blocks.ts'

export interface Pins {
  open(): Promise<void>
  add(cid: CID): Promise<void>
  /** @returns whether it was pinned */
  remove(cid: CID): Promise<boolean>
  has(cid: CID): boolean
  roots(): CID[]
}

export function filePins(dir: string): Pins {
  const folder = join(dir, 'pins')
  const names = new Set<string>()
  const nameOf = (cid: CID): string => cid.toV1().toString() // lower case: some file systems know no other

  return {
    async open() {
      await guard(dir, async () => {
        await mkdir(folder, { recursive: true })
        for (const name of await readdir(folder)) names.add(name)
      })
    },
    async add(cid) {
      const name = nameOf(cid)
      if (names.has(name)) return
      await guard(dir, () => writeFile(join(folder, name), ''))
      names.add(name)
    },
    async remove(cid) {
      const name = nameOf(cid)
      if (!names.delete(name)) return false
      await guard(dir, () => rm(join(folder, name), { force: true }))
      return true
    },
    has: (cid) => names.has(nameOf(cid)),
    roots: () => [...names].map((name) => CID.parse(name)),
  }
}

/**
 * Blocks as files: `blocks/ab/abcd…` by SHA-256. A block is written beside and renamed, so a name always has whole bytes;
 * instead of an fsync a block, every read checks the hash, and a block that does not fit counts as missing.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CID } from 'multiformats/cid'
import { blockKey, fits } from './cid.ts'
import { StorageFullError, StorageIoError } from './errors.ts'

/** The little of a block store that reading and adding need. */
export interface BlockStore {
  /** null where the block is not held. */
  get(cid: CID): Promise<Uint8Array | null>
  put(cid: CID, bytes: Uint8Array): Promise<void>
}

export interface FileBlocks extends BlockStore {
  open(): Promise<void>
  /** Size in bytes, null where the block is not held; does not read it. */
  size(cid: CID): Promise<number | null>
  /** Drops every block whose key is not in `keep`. */
  retain(keep: ReadonlySet<string>): Promise<void>
}

export interface FileBlocksOptions {
  /** Writes a whole file; replaced by tests of a full disk. */
  readonly write?: (path: string, bytes: Uint8Array) => Promise<void>
}

export function fileBlocks(dir: string, { write = writeFile }: FileBlocksOptions = {}): FileBlocks {
  const blocks = join(dir, 'blocks')
  const temporary = join(dir, 'tmp')
  const pathOf = (key: string): string => join(blocks, key.slice(0, 2), key)
  let serial = 0

  return {
    async open() {
      await guard(dir, async () => {
        await rm(temporary, { recursive: true, force: true }) // what a killed process was writing
        await mkdir(temporary, { recursive: true })
        await mkdir(blocks, { recursive: true })
      })
    },
    async get(cid) {
      const path = pathOf(blockKey(cid))
      const bytes = await absentAsNull(readFile(path))
      if (bytes === null || fits(cid, bytes)) return bytes
      await rm(path, { force: true })
      return null
    },
    async size(cid) {
      return (await absentAsNull(stat(pathOf(blockKey(cid)))))?.size ?? null
    },
    async put(cid, bytes) {
      const path = pathOf(blockKey(cid))
      const unfinished = join(temporary, `${process.pid}-${serial++}`)
      try {
        await guard(dir, async () => {
          await write(unfinished, bytes)
          await rename(unfinished, path).catch(async (error) => {
            if (error.code !== 'ENOENT') throw error
            await mkdir(join(path, '..'), { recursive: true })
            await rename(unfinished, path)
          })
        })
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => {}) // the first error says more than this one could
        throw error
      }
    },
    async retain(keep) {
      for (const shard of await readdir(blocks)) {
        for (const key of await readdir(join(blocks, shard))) {
          if (!keep.has(key)) await rm(pathOf(key), { force: true })
        }
      }
    },
  }
}

/** Turns errors of the file system into typed ones. */
export async function guard<T>(dir: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new StorageFullError({
        what: `The disk that holds ${dir} is full.`,
        fix: 'Free some space, or start with --dir on another disk. Nothing partial was kept.',
        data: { dir },
        cause,
      })
    }
    throw new StorageIoError({
      what: `The storage folder ${dir} cannot be used: ${message}`,
      fix: 'Check that the folder exists and belongs to you.',
      data: { dir, errno: code },
      cause,
    })
  }
}

async function absentAsNull<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch((error) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

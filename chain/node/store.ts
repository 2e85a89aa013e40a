/**
 * The chain's file: records of length, checksum and payload, appended and synced before anything is acknowledged.
 * One flush is one record, so a write that was cut short is always the last record, and is dropped when the file opens.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { BorshReader, BorshWriter } from '../lib/borsh.ts'
import { ChainStoreCorruptError, ChainStoreWriteError } from './errors.ts'
import { faultPoint } from './fault.ts'

const MAGIC = new TextEncoder().encode('blyan.chain/1\n')
const HEAD_BYTES = 8

export type RecordKind = 'snapshot' | 'blocks'

export interface StoredRecord {
  kind: RecordKind
  items: Uint8Array[]
}

export interface StoredChain {
  store: RecordFile
  records: StoredRecord[]
}

/** A file that grows by records. */
export class RecordFile {
  readonly #path: string
  #file: FileHandle
  #length: number
  #snapshotLength: number
  #pending: Uint8Array[] = []
  #broken: ChainStoreWriteError | null = null

  private constructor(path: string, file: FileHandle, length: number, snapshotLength: number) {
    this.#path = path
    this.#file = file
    this.#length = length
    this.#snapshotLength = snapshotLength
  }

  /** Starts a file with its first snapshot. The file appears whole or not at all. */
  static async create(path: string, snapshot: Uint8Array[]): Promise<RecordFile> {
    const length = replaceFile(path, snapshot)
    return new RecordFile(path, await open(path, 'r+'), length, length)
  }

  /** @returns null when there is no file  @throws ChainStoreCorruptError */
  static async open(path: string): Promise<StoredChain | null> {
    if (!existsSync(path)) return null
    const { records, length, snapshotLength } = readRecords(path, readFileSync(path))
    const file = await open(path, 'r+')
    // No sync: should the cut be lost in a power cut, the same tail is cut off again.
    await file.truncate(length)
    return { store: new RecordFile(path, file, length, snapshotLength), records }
  }

  get length(): number {
    return this.#length
  }

  /** The log outweighs its snapshot so much that a new one pays. */
  get wantsSnapshot(): boolean {
    return this.#length > 64 * 2 ** 20 && this.#length > 3 * this.#snapshotLength
  }

  append(block: Uint8Array): void {
    this.#pending.push(block)
  }

  /**
   * Writes what was appended as one record.
   * @param sync false leaves it to the system's cache: it survives the process, not the machine
   * @throws ChainStoreWriteError; from then on always, because the file's end is unknown
   */
  async flush(sync = true): Promise<void> {
    if (this.#broken) throw this.#broken
    if (this.#pending.length === 0) {
      if (sync) await this.#file.datasync()
      return
    }
    const record = encodeRecord({ kind: 'blocks', items: this.#pending })
    this.#pending = []
    try {
      // A disk with room for a part takes that part and says so; only the next write is refused.
      for (let at = 0; at < record.length; ) {
        at += (await this.#file.write(record, at, record.length - at, this.#length + at)).bytesWritten
      }
      this.#length += record.length
      faultPoint('chain.written')
      if (sync) await this.#file.datasync()
      faultPoint('chain.persisted')
    } catch (cause) {
      this.#broken = new ChainStoreWriteError({
        what: `The chain's file ${this.#path} could not be written: ${(cause as Error).message}`,
        fix: 'Free some disk space or check its permissions, then start the chain again: what was acknowledged is kept.',
        data: { path: this.#path },
        cause,
      })
      throw this.#broken
    }
  }

  /** Replaces the whole file by one snapshot, atomically. */
  async compact(snapshot: Uint8Array[]): Promise<void> {
    await this.#file.close()
    this.#length = this.#snapshotLength = replaceFile(this.#path, snapshot)
    this.#file = await open(this.#path, 'r+')
  }

  async close(): Promise<void> {
    if (!this.#broken && this.#pending.length > 0) await this.flush()
    await this.#file.close()
  }
}

function encodeRecord({ kind, items }: StoredRecord): Uint8Array {
  const writer = new BorshWriter()
  writer.u32(0).u32(0)
  writer.u8(kind === 'snapshot' ? 0 : 1)
  writer.vec(items, (item) => writer.bytes(item))
  const record = writer.finish()
  const view = new DataView(record.buffer)
  view.setUint32(0, record.length - HEAD_BYTES, true)
  view.setUint32(4, crc32(record.subarray(HEAD_BYTES)), true)
  return record
}

function replaceFile(path: string, snapshot: Uint8Array[]): number {
  const temporary = `${path}.new`
  const record = encodeRecord({ kind: 'snapshot', items: snapshot })
  const fd = openSync(temporary, 'w', 0o600)
  try {
    writeSync(fd, MAGIC)
    for (let at = 0; at < record.length; ) at += writeSync(fd, record, at)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, path)
  syncFolder(dirname(path))
  return MAGIC.length + record.length
}

/** Makes the rename itself durable; Windows has no such call and needs none. */
function syncFolder(dir: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(dir, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function readRecords(path: string, bytes: Uint8Array) {
  if (bytes.length < MAGIC.length || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw corrupt(path, 0, 'it does not begin as a chain file of this version')
  }
  const records: StoredRecord[] = []
  let at = MAGIC.length
  let snapshotLength = 0
  while (at < bytes.length) {
    const record = readRecord(bytes, at)
    if (record === null) break
    records.push(record.value)
    at = record.end
    if (snapshotLength === 0) snapshotLength = at
  }
  if (records[0]?.kind !== 'snapshot') throw corrupt(path, at, 'its first snapshot is damaged')
  // A torn write is the end of the file. A whole record after a bad one means that the bad one was acknowledged.
  const next = at < bytes.length ? nextRecordAfter(bytes, at) : null
  if (next !== null) throw corrupt(path, at, `a whole record follows at byte ${next}`)
  return { records, length: at, snapshotLength }
}

function readRecord(bytes: Uint8Array, at: number): { value: StoredRecord; end: number } | null {
  if (at + HEAD_BYTES > bytes.length) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEAD_BYTES)
  const end = at + HEAD_BYTES + view.getUint32(0, true)
  if (end > bytes.length || end === at + HEAD_BYTES) return null
  const payload = bytes.subarray(at + HEAD_BYTES, end)
  if (crc32(payload) !== view.getUint32(4, true)) return null
  const reader = new BorshReader(payload)
  const kind = reader.u8() === 0 ? 'snapshot' : 'blocks'
  return { value: { kind, items: reader.vec(() => reader.bytes()) }, end }
}

/** Start of a whole record right behind the bad one at `at`, trusting only the bad one's own length. */
function nextRecordAfter(bytes: Uint8Array, at: number): number | null {
  if (at + HEAD_BYTES > bytes.length) return null
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true)
  const next = at + HEAD_BYTES + length
  return next < bytes.length && readRecord(bytes, next) !== null ? next : null
}

const corrupt = (path: string, at: number, why: string) =>
  new ChainStoreCorruptError({
    what: `The chain file ${path} is damaged at byte ${at}: ${why}.`,
    fix: 'Restore the file from a copy, or start anew with an empty folder.',
    data: { path, at },
  })

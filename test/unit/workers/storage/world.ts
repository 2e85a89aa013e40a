/** Nodes in temporary folders, content by formula, and peers that misbehave on purpose. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ContentStore, type StorageNodeOptions, storageNode } from '../../../../workers/storage/index.ts'

/** Byte i is (i xor i >> 8 xor i >> 16) · 31 mod 256, as in the fixture's recipe. */
export function content(length: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => Math.imul(i ^ (i >> 8) ^ (i >> 16), 31))
}

export interface World {
  /** A started node; stopped and removed with the world. */
  node(options?: Partial<StorageNodeOptions>): Promise<ContentStore & { dir: string }>
  /** A peer that answers every request in its own way. @returns its base URL */
  peer(answer: RequestListener): Promise<string>
  dir(): Promise<string>
  end(): Promise<void>
}

export function makeWorld(): World {
  const ends: (() => Promise<unknown>)[] = []
  const world: World = {
    async dir() {
      const dir = await mkdtemp(join(tmpdir(), 'blyan-storage-'))
      ends.push(() => rm(dir, { recursive: true, force: true }))
      return dir
    },
    async node(options = {}) {
      const dir = options.dir ?? (await world.dir())
      const node = storageNode({ ...options, dir })
      await node.start()
      ends.push(() => node.stop())
      return Object.assign(node, { dir })
    },
    async peer(answer) {
      const server = createServer(answer)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      ends.push(async () => {
        server.closeAllConnections()
        server.close()
      })
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    async end() {
      for (const end of ends.splice(0).reverse()) await end()
    },
  }
  return world
}

/** The error of a promise that should reject. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & { code?: string; fault?: string }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  )
  if ('error' in outcome) return outcome.error
  throw new Error(`expected an error, got ${String(outcome.value)}`)
}

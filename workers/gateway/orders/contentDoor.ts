/** The gateway's content store, on the port that tasks ordered here name as their peer: the same after a restart. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStorage } from '../../node/openStorage.ts'
import { PortInUseError } from '../../storage/index.ts'
import type { ContentStore } from '../../storage/types.ts'
import type { Log } from '../types.ts'

const PORT_FILE = 'door-port'

/**
 * Opens and starts the store.
 * @param port 0: the one it had before, a free one the first time  @throws PortInUseError where the port was named
 */
export async function openContentDoor({
  dir,
  host = '127.0.0.1',
  port = 0,
  log,
}: {
  dir: string
  host?: string
  port?: number
  log: Pick<Log, 'warn'>
}): Promise<ContentStore> {
  mkdirSync(dir, { recursive: true })
  const path = join(dir, PORT_FILE)
  const store = await openAt(port === 0 ? lastPort(path) : port)
  const { gateway } = store.urls
  if (gateway !== null) {
    writeFileSync(`${path}.tmp`, new URL(gateway).port)
    renameSync(`${path}.tmp`, path)
  }
  return store

  async function openAt(wanted: number): Promise<ContentStore> {
    try {
      return await openStorage({ dir, host, port: wanted })
    } catch (error) {
      if (!(error instanceof PortInUseError) || port !== 0 || wanted === 0) throw error
      log.warn('the content door’s port is taken: tasks ordered before name an address that answers no more', {
        port: wanted,
      })
      return openStorage({ dir, host, port: 0 })
    }
  }
}

function lastPort(path: string): number {
  try {
    const port = Number(readFileSync(path, 'utf8'))
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0
  } catch {
    return 0
  }
}

/** The gateway's log: JSON lines into its folder, warnings to standard error too; secrets are taken out of both. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { redacting } from './identity/index.ts'
import type { Log } from './types.ts'

export interface GatewayLog extends Log {
  /** Writes what is still held back. */
  close(): void
}

/** @param dir gets `gateway.log` */
export function openLog(dir: string): GatewayLog {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = pino.destination({ dest: join(dir, 'gateway.log'), minLength: 4_096, sync: false, mode: 0o600 })
  const logger = pino(
    { base: null, messageKey: 'what', timestamp: pino.stdTimeFunctions.epochTime },
    pino.multistream([
      { level: 'info', stream: file },
      { level: 'warn', stream: process.stderr },
    ]),
  )
  const flushing = setInterval(() => file.flush(), 1_000)
  flushing.unref()
  const log = redacting({
    info: (what, data = {}) => logger.info(data, what),
    warn: (what, data = {}) => logger.warn(data, what),
    error: (what, data = {}) => logger.error(data, what),
  })
  return {
    ...log,
    close() {
      clearInterval(flushing)
      try {
        file.flushSync()
      } catch {
        // never opened: nothing was written
      }
      file.end()
    },
  }
}

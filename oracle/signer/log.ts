/** The signer's log: JSON lines on standard error. Alarms have `alarm: true`; no key, passphrase or RPC path is ever passed in. */
import pino from 'pino'
import type { Log } from './types.ts'

export function openLog(): Log {
  const logger = pino(
    { base: null, messageKey: 'what', timestamp: pino.stdTimeFunctions.epochTime },
    pino.destination({ dest: 2, sync: true }),
  )
  return {
    info: (what, data = {}) => logger.info(data, what),
    warn: (what, data = {}) => logger.warn(data, what),
    error: (what, data = {}) => logger.error(data, what),
  }
}

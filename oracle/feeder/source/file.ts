/** A price from a file that something else on this machine writes. */
import { open, stat } from 'node:fs/promises'
import type { FileSourceConfig } from '../config.ts'
import { SourceReplyError, SourceStaleError, SourceUnreachableError } from '../errors.ts'
import { priceAt } from './jsonPath.ts'
import type { Source } from './types.ts'

const MAX_BYTES = 65_536

/** @param now ms since the Unix epoch, to be compared with when the file was written */
export function fileSource({ name, file, path, max_age_sec }: FileSourceConfig, now: () => number): Source {
  const data = { source: name, file }
  return {
    name,
    async read() {
      const unreadable = (cause?: unknown): never => {
        const fix = 'Name a regular file that this process may read.'
        throw new SourceUnreachableError({ what: `${name}: ${file} cannot be read.`, fix, data, cause })
      }
      // Opening a pipe would wait for its other end.
      if (!(await stat(file).catch(unreadable)).isFile()) unreadable()
      const handle = await open(file, 'r').catch(unreadable)
      try {
        const { size, mtimeMs } = await handle.stat()
        if (size > MAX_BYTES) {
          const fix = `Write at most ${MAX_BYTES} bytes.`
          throw new SourceReplyError({ what: `${name}: ${file} has ${size} bytes.`, fix, data })
        }
        const age = Math.floor((now() - mtimeMs) / 1000)
        if (age > max_age_sec) {
          const fix = 'See to what writes the file, or allow a greater age.'
          throw new SourceStaleError({
            what: `${name} was written ${age} s ago; ${max_age_sec} s are allowed.`,
            fix,
            data,
          })
        }
        return priceAt(await handle.readFile('utf8'), path, name)
      } finally {
        await handle.close()
      }
    },
  }
}

/**
 * A process that serves reads of an index: `fork('serve.ts', [DIR])`. Says `{ url }`, then `{ queries }` (ms of each
 * statement so far) when asked. A block comes twice a second, so that nothing is kept longer than on a busy market.
 */

import { testParts } from '../../../test/fixtures/gatewayParts.ts'
import { WORLD } from '../../../test/fixtures/indexWorld.ts'
import { openDatabase } from '../../../workers/gateway/database/index.ts'
import { DEFAULT_LIMITS } from '../../../workers/gateway/http/limits.ts'
import { createHttpServer } from '../../../workers/gateway/http/server.ts'
import { openLog } from '../../../workers/gateway/log.ts'
import { readRoutes } from '../../../workers/gateway/route/index.ts'

const BLOCK_MS = 500
const dir = process.argv[2]!
const queries: number[] = []
const database = await openDatabase({ dir, url: process.env.DATABASE_URL, onQuery: (ms) => queries.push(ms) })
const config = { dir, contracts: { bly: WORLD.bly, market: WORLD.market } }
const { advance, ...base } = testParts({ db: database.db, config })
const parts = { ...base, log: openLog(dir) }
setInterval(advance, BLOCK_MS).unref()

const http = await createHttpServer({
  parts,
  routes: readRoutes(parts),
  authenticate: async () => null,
  // One machine asks for all the visitors there would be.
  limits: { ...DEFAULT_LIMITS, anonymous: 1e9 },
  port: 0,
})
process.on('message', (message) => {
  if (message === 'reset') queries.length = 0
  if (message === 'queries') process.send!({ queries, cache: http.cache.stats })
})
process.on('disconnect', () => process.exit(0))
process.send!({ url: http.url })

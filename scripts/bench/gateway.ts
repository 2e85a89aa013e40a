/** The gateway as visitors meet it: reads at a fixed rate, its database, and live events. */
import type { BenchOptions, BenchResult } from '../lib/bench.ts'
import { benchAssign } from './gateway/assign.ts'
import { benchLive } from './gateway/live.ts'
import { benchReads } from './gateway/reads.ts'

export async function bench(options: BenchOptions): Promise<BenchResult[]> {
  return [...(await benchReads(options)), ...(await benchLive(options)), ...(await benchAssign(options))]
}

/** The read routes: what the index tells, for everybody. */
import type { Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { type ModelSources, modelRoutes } from './models.ts'
import { type NetworkSources, networkRoutes } from './network.ts'
import { nodeRoutes } from './nodes.ts'
import { olderRoutes } from './olderNames.ts'
import { receiptRoutes } from './receipts.ts'
import { marketSettings } from './settings.ts'
import { type TaskSources, taskRoutes } from './tasks.ts'
import { userRoutes } from './user.ts'
import { whyRoutes } from './why.ts'
import { whyReader } from './whyReader.ts'

/** What other parts know beside the index; each may be absent. */
export interface ReadSources {
  readonly tasks?: TaskSources
  readonly models?: ModelSources
  readonly network?: NetworkSources
}

export function readRoutes(parts: Parts, { tasks, models, network }: ReadSources = {}): Route[] {
  const why = whyReader(parts)
  return [
    ...taskRoutes(parts, tasks),
    ...nodeRoutes(parts, { settings: marketSettings(parts), why }),
    ...networkRoutes(parts, network),
    ...receiptRoutes(parts),
    ...modelRoutes(parts, models),
    ...whyRoutes(parts, why),
    ...userRoutes(parts),
    ...olderRoutes(parts),
  ]
}

export { countTasks, type NetworkSources, readNetworkStats } from './network.ts'
export { countNodes } from './nodes.ts'
export { olderNames } from './olderNames.ts'

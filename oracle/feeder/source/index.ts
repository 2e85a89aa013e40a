/** Sources by their configuration. */
import type { NearCaller } from '../../../chain/client/near/caller.ts'
import type { SourceConfig } from '../config.ts'
import { fileSource } from './file.ts'
import { type HttpDeps, httpSource } from './http.ts'
import { poolSource } from './pool.ts'
import type { Source } from './types.ts'

export type { Source }

export interface SourceDeps {
  readonly near: Pick<NearCaller, 'view'>
  /** ms since the Unix epoch. */
  readonly now: () => number
  readonly http?: HttpDeps
}

export function openSource(config: SourceConfig, { near, now, http }: SourceDeps): Source {
  switch (config.type) {
    case 'pool':
      return poolSource(config, near)
    case 'http':
      return httpSource(config, http)
    case 'file':
      return fileSource(config, now)
    default:
      return config satisfies never
  }
}

/** Which assets have a price here. */
import { requireOneYocto, requirePredecessor } from '../lib/access.ts'
import { ensure } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { emitAsset } from './events.ts'
import { findAsset, getConfig, KEYS, listAssets, MAX_ASSETS, save } from './storage.ts'

/** @throws DEPOSIT_ONE_YOCTO CALLER_FORBIDDEN ORACLE_ASSET_EXISTS ORACLE_TOO_MANY */
export function addAsset(host: Host, id: string): void {
  requireOneYocto(host)
  requirePredecessor(host, getConfig(host).owner)
  ensure(findAsset(host, id) === null, 'ORACLE_ASSET_EXISTS', () => `${id} is listed`)
  const assets = listAssets(host)
  ensure(assets.length < MAX_ASSETS, 'ORACLE_TOO_MANY', () => `${MAX_ASSETS} assets are listed`)
  save(host, KEYS.assets, [...assets, id])
  save(host, KEYS.asset + id, { reports: [], anchor: null })
  emitAsset(host, id)
}

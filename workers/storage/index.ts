/** Content-addressed storage of a daemon: its own IPFS node, or a Kubo by URL. */
export {
  BadCidError,
  CorruptBlockError,
  FetchTimeoutError,
  KuboError,
  NotFoundError,
  PortInUseError,
  StorageFullError,
  StorageIoError,
  TooLargeError,
} from './errors.ts'
export type { SideDoor } from './gateway.ts'
export { type Answer, type Door, openDoor } from './http.ts'
export { type KuboOptions, kuboStorage } from './kubo.ts'
export { type StorageNodeOptions, storageNode } from './storageNode.ts'
export type { AddOptions, CatOptions, ContentStore, StorageUrls } from './types.ts'

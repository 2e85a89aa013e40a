/** The daemon's storage: its own IPFS node, or a Kubo by URL. Either way one interface, started. */
import { type ContentStore, kuboStorage, type SideDoor, storageNode } from '../storage/index.ts'

export interface OpenStorageOptions {
  readonly dir: string
  /** Where peers fetch blocks. */
  readonly host: string
  readonly port: number
  /** A Kubo node's RPC; the own node where none is given. */
  readonly ipfsUrl?: string
  /** What else the own node's gateway serves; a Kubo serves nothing else. */
  readonly side?: SideDoor
}

/** @throws PortInUseError, KuboError */
export async function openStorage({ dir, host, port, ipfsUrl, side }: OpenStorageOptions): Promise<ContentStore> {
  const store = ipfsUrl ? kuboStorage({ url: ipfsUrl }) : storageNode({ dir, host, gatewayPort: port, side })
  await store.start()
  return store
}

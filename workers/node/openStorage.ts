/** The daemon's storage: its own IPFS node, or a Kubo by URL. Either way one interface, started. */
import { type ContentStore, kuboStorage, storageNode } from '../storage/index.ts'

export interface OpenStorageOptions {
  readonly dir: string
  /** Where peers fetch blocks. */
  readonly host: string
  readonly port: number
  /** A Kubo node's RPC; the own node where none is given. */
  readonly ipfsUrl?: string
}

/** @throws PortInUseError, KuboError */
export async function openStorage({ dir, host, port, ipfsUrl }: OpenStorageOptions): Promise<ContentStore> {
  const store = ipfsUrl ? kuboStorage({ url: ipfsUrl }) : storageNode({ dir, host, gatewayPort: port })
  await store.start()
  return store
}

/** Limits of the storage node, with their reasons. */

/** Largest block: what IPFS peers exchange at most. Source: specs.ipfs.tech, trustless gateway. */
export const MAX_BLOCK_BYTES = 2 * 1024 * 1024

/** Largest file added or read by RPC: a read holds it in memory. */
export const MAX_RPC_FILE_BYTES = 256 * 1024 * 1024

/** Blocks fetched at the same time for one file: Kubo's clients allow six connections a host. */
export const FETCH_CONCURRENCY = 6

/** Time for one block from one peer: 2 MiB at 1.1 Mbit/s. */
export const BLOCK_TIMEOUT_MS = 15_000

/** Least average bytes a block of a file: hostile DAGs of tiny pieces would cost more in bookkeeping than in bytes. */
export const MIN_BLOCK_BYTES = 1_024

/** Depth of a DAG: four levels of 174 links hold 240 TB. */
export const MAX_DEPTH = 8

/** Connections to one door of the node. */
export const MAX_CONNECTIONS = 512

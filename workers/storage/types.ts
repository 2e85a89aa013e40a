/** What a daemon asks of its storage: bytes in, a content address out, and bytes back from whoever serves them. */

export interface CatOptions {
  /** Longest acceptable file, bytes: a content address promises nothing about length. */
  readonly maxBytes: number
  /** Base URLs of peers' trustless gateways, tried for whatever is not held here, before the node's own peers. */
  readonly from?: readonly string[]
  readonly signal?: AbortSignal
}

export interface AddOptions {
  /** Whether the content stays until `unpin`. Default true. */
  readonly pin?: boolean
  readonly signal?: AbortSignal
}

/** Base URLs, without a trailing slash; null where the node offers no such door. */
export interface StorageUrls {
  /** Kubo-compatible RPC, for programs of this machine only. */
  readonly rpc: string | null
  /** Trustless gateway: what an operator registers as its peer address. */
  readonly gateway: string | null
}

/**
 * Content-addressed storage. Content is a UnixFS file with Kubo's parameters: CIDv1, raw leaves of 262,144 bytes, at most
 * 174 links a node; so one content has one CID whoever adds it. Every byte that comes back was checked against its CID.
 */
export interface ContentStore {
  /** Peer id of the node. */
  readonly id: string
  readonly urls: StorageUrls
  /** @throws PortInUseError */
  start(): Promise<void>
  stop(): Promise<void>
  /**
   * Stores content and returns its CID, as CIDv1 base32.
   * @throws StorageFullError when the disk is full; nothing partial is left
   */
  add(content: Uint8Array | AsyncIterable<Uint8Array>, options?: AddOptions): Promise<string>
  /**
   * Reads a whole file, fetching what is missing from peers; what was fetched is kept until the next collection.
   * @throws NotFoundError, FetchTimeoutError, CorruptBlockError, TooLargeError, BadCidError, the signal's reason
   */
  cat(cid: string, options: CatOptions): Promise<Uint8Array>
  /** Whether the whole content is held here; asks no peer. */
  has(cid: string): Promise<boolean>
  /** Keeps content that is held here, until `unpin`. @throws NotFoundError when a part is missing */
  pin(cid: string): Promise<void>
  /** Lets content go: drops these pins and then every block that no pin needs. Unknown CIDs are no error. */
  unpin(cids: string | readonly string[]): Promise<void>
}

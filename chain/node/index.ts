/** The embedded NEAR node. */
export { Chain, type ChainOptions } from './chain.ts'
export { type Clock, type ManualClock, manualClock, wallClock } from './clock.ts'
export * from './errors.ts'
export { type RpcServer, serveRpc } from './rpc/server.ts'
export { type ChainNode, type ChainNodeOptions, startChainNode } from './start.ts'
export { type KeyFile, readKeyFile, writeKeyFile } from './validatorKey.ts'

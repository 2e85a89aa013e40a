/** A whole node on a folder: lock, key, chain, RPC. What `blyan chain` and `blyan up` run. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RuntimeDeps } from '../runtime/context.ts'
import { runContract as runWasm } from '../vm/index.ts'
import { Chain } from './chain.ts'
import { type Clock, wallClock } from './clock.ts'
import { ValidatorKeyError } from './errors.ts'
import { DEFAULT_CHAIN_ID, DEFAULT_PROTOCOL_VERSION, type Genesis, ROOT_ACCOUNT, ROOT_BALANCE } from './genesis.ts'
import { lockFolder } from './lock.ts'
import { verifyNatively } from './nativeKeys.ts'
import { type RpcServer, serveRpc } from './rpc/server.ts'
import { type KeyFile, loadValidatorKey, VALIDATOR_KEY_FILE } from './validatorKey.ts'

export interface ChainNodeOptions {
  /** Made when missing; holds chain.log, chain.lock and validator_key.json. */
  dir: string
  /** 0 takes a free one. */
  port?: number
  host?: string
  /** Pages that may call the RPC, e.g. `http://127.0.0.1:4173`; none unless told. */
  origins?: readonly string[]
  /** Milliseconds between blocks when nothing happens; 0 mines on demand alone. */
  intervalMs?: number
  chainId?: string
  protocolVersion?: number
  /** Makes the root key and the chain's randomness known beforehand; for tests. */
  seed?: string
  clock?: Clock
  runContract?: RuntimeDeps['runContract']
}

export interface ChainNode {
  readonly chain: Chain
  readonly rpc: RpcServer
  readonly rootKey: KeyFile
  stop(): Promise<void>
}

/** @throws ChainLockedError, ChainPortInUseError, ChainStoreCorruptError, ChainGenesisMismatchError, ValidatorKeyError */
export async function startChainNode(options: ChainNodeOptions): Promise<ChainNode> {
  const { dir, seed, clock = wallClock, runContract = runWasm, intervalMs = 500, host, origins } = options
  mkdirSync(dir, { recursive: true })
  const unlock = lockFolder(dir)
  let chain: Chain | undefined
  try {
    const rootKey = loadValidatorKey(dir, ROOT_ACCOUNT, seed)
    const genesis: Genesis = {
      chainId: options.chainId ?? DEFAULT_CHAIN_ID,
      protocolVersion: options.protocolVersion ?? DEFAULT_PROTOCOL_VERSION,
      timeMs: clock.now(),
      seed: seed ?? rootKey.public_key,
      accounts: [{ accountId: ROOT_ACCOUNT, balance: ROOT_BALANCE, publicKeys: [rootKey.public_key] }],
    }
    chain = await Chain.open({ genesis, deps: { runContract, verify: verifyNatively }, clock, dir, intervalMs })
    requireKeyOf(chain, rootKey, dir)
    const rpc = await serveRpc(chain, { port: options.port, host, origins })
    const running = chain
    return {
      chain,
      rpc,
      rootKey,
      async stop() {
        await rpc.close()
        await running.close()
        unlock()
      },
    }
  } catch (error) {
    await chain?.close()
    unlock()
    throw error
  }
}

function requireKeyOf({ ledger }: Chain, { public_key: publicKey }: KeyFile, dir: string): void {
  if (ledger.genesis.accounts.some(({ publicKeys }) => publicKeys.includes(publicKey))) return
  throw new ValidatorKeyError({
    what: `${join(dir, VALIDATOR_KEY_FILE)} is not the key of the chain in that folder.`,
    fix: 'Restore the key file that was made with the chain, or use another folder.',
    data: { dir },
  })
}

/** What the commands about the bridge share: its deployment, both chains, the keys that were given. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Deployment,
  type EvmClient,
  type EvmSide,
  evmClient,
  evmSide,
  type NearSide,
  nearSide,
  type TransferReader,
} from '../../../chain/client/bridge/index.ts'
import { BLY_ERRORS, type BlyContract, blyContract } from '../../../chain/client/near/bly.gen.ts'
import { BRIDGE_ERRORS } from '../../../chain/client/near/bridge.gen.ts'
import { connect, fixesOf, type NearClient } from '../../../chain/client/near/index.ts'
import { signNatively } from '../../../chain/node/nativeKeys.ts'
import { readKeyFile } from '../../../workers/node/keyFile.ts'
import { type EvmKey, readEvmKey } from '../../bridge/evmKey.ts'
import { type EvmWallet, evmWallet } from '../../bridge/evmWallet.ts'
import { readDeployment } from '../../bridge/readDeployment.ts'
import { UsageError } from '../errors.ts'

/** Flags by which every command about the bridge finds it. */
export const BRIDGE_FLAGS = {
  deployment: { type: 'string', value: 'FILE', help: 'bridge.json, or its folder', default: '.blyan' },
  rpc: { type: 'string', value: 'URL', help: 'NEAR RPC instead of the one in bridge.json' },
  'evm-rpc': { type: 'string', value: 'URL', help: 'EVM RPC instead of the one in bridge.json' },
  key: { type: 'string', value: 'FILE', help: 'key file of your NEAR account' },
  'evm-key': { type: 'string', value: 'FILE', help: 'key file of your EVM account' },
  json: { type: 'boolean', help: 'JSON instead of sentences' },
} as const

export interface BridgeFlags {
  deployment: string
  rpc?: string
  'evm-rpc'?: string
  key?: string
  'evm-key'?: string
  json: boolean
}

export interface BridgeSession {
  readonly deployment: Deployment
  readonly client: NearClient
  readonly bly: BlyContract
  readonly near: NearSide
  readonly reader: EvmClient
  readonly evm: EvmSide
  readonly transfers: TransferReader
  /** Null without --key. */
  readonly account: string | null
  /** Null without --evm-key. */
  readonly evmKey: EvmKey | null
  /** @throws UsageError without --evm-key */
  wallet(): EvmWallet
  /** @throws UsageError without --key */
  nearAccount(): string
}

const FIXES = fixesOf(BLY_ERRORS, BRIDGE_ERRORS)

export function openBridgeSession(flags: BridgeFlags): BridgeSession {
  const given = readDeployment(findDeployment(flags.deployment))
  const deployment: Deployment = {
    ...given,
    near: { ...given.near, rpcUrls: flags.rpc === undefined ? given.near.rpcUrls : [flags.rpc] },
    evm: { ...given.evm, rpcUrls: flags['evm-rpc'] === undefined ? given.evm.rpcUrls : [flags['evm-rpc']] },
  }
  const signer = flags.key === undefined ? undefined : readKeyFile(flags.key)
  const evmKey = flags['evm-key'] === undefined ? null : readEvmKey(flags['evm-key'])
  const rpcUrl = deployment.near.rpcUrls[0]!
  const client = connect({ rpcUrl, signer, sign: signNatively, fixes: FIXES, patienceMs: 5_000 })
  const reader = evmClient(deployment)
  const [near, evm] = [nearSide(deployment, client), evmSide(deployment, reader)]
  const missing = (flag: string, what: string): never => {
    throw new UsageError({
      what: `--${flag} FILE is missing: ${what}.`,
      fix: `Add --${flag} FILE.`,
      data: { field: flag },
    })
  }
  return {
    deployment,
    client,
    bly: blyContract(client, deployment.near.bly),
    near,
    reader,
    evm,
    transfers: { deployment, near, evm, now: Date.now },
    account: signer?.accountId ?? null,
    evmKey,
    wallet: () => evmWallet(deployment, reader, evmKey ?? missing('evm-key', 'an EVM account signs and pays gas')),
    nearAccount: () => signer?.accountId ?? missing('key', 'a NEAR account signs and pays gas'),
  }
}

/** `blyan up` keeps the bridge in a folder of its own below its own. */
function findDeployment(path: string): string {
  const below = join(path, 'bridge', 'bridge.json')
  return !existsSync(join(path, 'bridge.json')) && existsSync(below) ? below : path
}

/**
 * A whole bridge around a NEAR chain that runs already: an EVM node, the contracts on both sides, signers with keys of their
 * own, a relayer; and `bridge.json`, which says where it all is. `blyan up` and the end-to-end tests start the same one.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { type Deployment, parseDeployment } from '../../chain/client/bridge/index.ts'
import { connect, type NearClient } from '../../chain/client/near/index.ts'
import type { Contracts } from '../../chain/client/networks.ts'
import { bridgeSalt } from '../../chain/client/protocol.ts'
import { base58ToBytes, bytesToHex } from '../../chain/lib/bytes.ts'
import { keccak256 } from '../../chain/lib/hash.ts'
import { ONE_NEAR, tgas } from '../../chain/lib/units.ts'
import { signNatively } from '../../chain/node/nativeKeys.ts'
import { sealKey, writeKeyFile } from '../../oracle/signer/key/keyFile.ts'
import { freePort } from '../../workers/gateway/compose/address.ts'
import { deployEvm, EMBEDDED_LIMITS } from '../evm/deploy.ts'
import { keyOf, keyPath } from '../up/keys.ts'
import type { Fleet, Running } from '../up/processes.ts'
import { type EvmKey, evmKeyOf } from './evmKey.ts'

/** attoBLY and seconds, the same on both chains. */
export interface BridgeLimits {
  minAmount: bigint
  hourlyLimit: bigint
  largeAmount: bigint
  vetoDelay: bigint
  rotationDelay: bigint
}

export interface StartBridgeOptions {
  near: {
    rpcUrl: string
    /** Signs for the parent of the contracts' accounts. */
    root: NearClient
    /** Where keys of NEAR accounts lie: DIR/keys. */
    dir: string
    contracts: Contracts
  }
  /** The bridge's own folder: bridge.json, keys, journals. */
  dir: string
  /** Starts and ends the processes. */
  fleet: Fleet
  /** The bridge's wasm. */
  wasm: string
  signers?: number
  k?: number
  limits?: Partial<BridgeLimits>
  /** EVM addresses that begin with gas money, beside the bridge's own. */
  fund?: readonly string[]
  /** How long an EVM block waits to be final: 2 on the embedded network, which mines one a second. */
  confirmations?: number
  /** Environment of a process, such as a crash point, by its name: signer-1, relayer, evm. */
  env?: Readonly<Record<string, Record<string, string>>>
  /** False leaves it to users to carry their signatures. */
  relayer?: boolean
  /** Arguments added to the EVM node's, such as --cheats. */
  evmArgs?: readonly string[]
}

export interface RunningBridge {
  deployment: Deployment
  /** bridge.json. */
  file: string
  /** Of the guardian on EVM. */
  guardianEvm: EvmKey
  /** By name: evm, signer-1…, relayer. */
  process(name: string): Running
  /** Starts a process that ended again, on its folder and port. */
  restart(name: string, env?: Record<string, string>): Promise<void>
}

export const GUARDIAN = 'guardian.test.near'
export const RELAYER = 'relayer.test.near'
const CONTRACT_BALANCE = 50n * ONE_NEAR
const GAS_MONEY = 20n * ONE_NEAR
/** Development keys open within 50 ms, at 16 MiB; keys of a signer with real money are made by `blyan signer keygen`. */
const SCRYPT_N = 2 ** 14

export async function startBridge(options: StartBridgeOptions): Promise<RunningBridge> {
  const { near, dir, fleet, signers: count = 3, k = 2, confirmations = 2, env = {} } = options
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const limits: BridgeLimits = { ...EMBEDDED_LIMITS, ...options.limits }
  const deployer = oneTimeDeployer()
  const relayerKey = evmKeyOf(join(dir, 'relayer.evm.json'))
  const guardianEvm = evmKeyOf(join(dir, 'guardian.evm.json'))
  const signers = await Promise.all(Array.from({ length: count }, (_, i) => newSigner(join(dir, `signer-${i + 1}`))))
  const processes = new Map<string, Running>()

  const start = async (name: string, script: string, args: readonly string[], extra: Record<string, string> = {}) => {
    const role = name.replace(/-\d+$/, '')
    const running = fleet.start({ role, account: name, script, args, env: { ...env[name], ...extra } })
    processes.set(name, running)
    return running.line('ready')
  }

  const fund = [deployer, relayerKey, guardianEvm].map(({ address }) => address as string).concat(options.fund ?? [])
  const evmPort = await freePort()
  const evmArgs = ['--port', String(evmPort), '--fund', fund.join(','), ...(options.evmArgs ?? [])]
  const evmNode = await start('evm', 'scripts/evm/node.ts', evmArgs)
  const [rpcUrl, chainId] = [String(evmNode.url), Number(evmNode.chainId)]

  const identity = await nearIdentity(near.root)
  const { contracts } = near
  const salt = bridgeSalt(keccak256, { ...identity, account: contracts.bridge })
  const config = {
    salt: `0x${salt}` as const,
    guardian: guardianEvm.address,
    signers: signers.map(({ address }) => `0x${address}` as const),
    k,
    ...limits,
  }
  const evm = await deployEvm({ rpcUrl, deployerKey: deployer.privateKey, config })
  await deployNear(options, { evmBridge: evm.bridge, chainId, identity, signers, k, limits })

  const port = await freePort()
  const deployment = parseDeployment({
    schema: 'blyan.bridge/1',
    near: { ...identity, rpcUrls: [near.rpcUrl], ...contracts },
    evm: {
      chainId,
      rpcUrls: [rpcUrl],
      token: evm.token,
      bridge: evm.bridge,
      verifier: evm.verifier,
      reward: evm.reward,
      startBlock: Number(evm.block),
      confirmations,
    },
    salt,
    guardian: { near: GUARDIAN, evm: guardianEvm.address },
    signers: signers.map(({ address, url }) => ({ address: `0x${address}`, url })),
    k,
    relayer: options.relayer === false ? null : { url: `http://127.0.0.1:${port}` },
  })
  const file = join(dir, 'bridge.json')
  writeFileSync(file, `${JSON.stringify(deployment, null, 2)}\n`)

  const starts = new Map<string, (extra?: Record<string, string>) => Promise<unknown>>()
  for (const [i, signer] of signers.entries()) {
    const name = `signer-${i + 1}`
    const args = ['signer', '--deployment', file, '--key', signer.key, '--passphrase-file', signer.passphrase]
    args.push('--dir', signer.dir, '--port', new URL(signer.url).port, '--one-rpc', '--poll', '500')
    starts.set(name, (extra) => start(name, 'scripts/cli/main.ts', args, extra))
  }
  if (options.relayer !== false) {
    const args = ['relayer', '--deployment', file, '--near-key', keyPath(near.dir, RELAYER)]
    args.push('--evm-key', join(dir, 'relayer.evm.json'), '--dir', join(dir, 'relayer'), '--port', String(port))
    starts.set('relayer', (extra) => start('relayer', 'scripts/cli/main.ts', [...args, '--poll', '500'], extra))
  }
  await Promise.all([...starts.values()].map((each) => each()))

  return {
    deployment,
    file,
    guardianEvm,
    process: (name) => processes.get(name)!,
    async restart(name, extra = {}) {
      await processes.get(name)!.exited
      await starts.get(name)!(extra)
    },
  }
}

/**
 * An EVM account for one deployment, of which nothing is kept. The bridge's address, which stands in every payload, follows from
 * deployer and nonce: one who deploys again on a chain that began anew would give the new bridge the domain of the old one, and
 * every signature of the old one would count once more.
 */
export function oneTimeDeployer(): EvmKey {
  const privateKey = generatePrivateKey()
  return { address: privateKeyToAddress(privateKey), privateKey }
}

interface NewSigner {
  dir: string
  key: string
  passphrase: string
  /** 40 lower-case hex digits. */
  address: string
  url: string
}

/** A key that only this folder can open, or the one that lies there. */
async function newSigner(dir: string): Promise<NewSigner> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const [key, passphrase] = [join(dir, 'key.json'), join(dir, 'passphrase')]
  if (!existsSync(key)) {
    const words = randomBytes(24).toString('base64url')
    writeFileSync(passphrase, `${words}\n`, { mode: 0o600 })
    const random = (bytes: number): Uint8Array => Uint8Array.from(randomBytes(bytes))
    writeKeyFile(key, sealKey(random(32), words, { random, n: SCRYPT_N }))
  }
  const { address } = JSON.parse(readFileSync(key, 'utf8')) as { address: string }
  return { dir, key, passphrase, address, url: `http://127.0.0.1:${await freePort()}` }
}

async function nearIdentity(client: NearClient): Promise<{ chainId: string; genesisHash: string }> {
  const status = (await client.rpc('status', [])) as { chain_id: string; genesis_hash: string }
  return { chainId: status.chain_id, genesisHash: bytesToHex(base58ToBytes(status.genesis_hash)) }
}

interface NearDeployment {
  evmBridge: string
  chainId: number
  identity: { chainId: string; genesisHash: string }
  signers: readonly NewSigner[]
  k: number
  limits: BridgeLimits
}

async function deployNear({ near, wasm }: StartBridgeOptions, settings: NearDeployment): Promise<void> {
  const { root, dir, rpcUrl, contracts } = near
  const { evmBridge, chainId, identity, signers, k, limits } = settings
  const make = (account: string, balance: bigint) => root.createAccount(account, keyOf(dir, account).publicKey, balance)
  await make(contracts.bridge, CONTRACT_BALANCE)
  await make(GUARDIAN, GAS_MONEY)
  await make(RELAYER, GAS_MONEY)
  const own = connect({ rpcUrl, signer: keyOf(dir, contracts.bridge), sign: signNatively })
  await own.deploy(readFileSync(wasm), {
    method: 'init',
    args: {
      bly: contracts.bly,
      market: contracts.market,
      guardian: GUARDIAN,
      evm_chain_id: String(chainId),
      evm_bridge: evmBridge.slice(2).toLowerCase(),
      genesis_hash: identity.genesisHash,
      chain_id: identity.chainId,
      signers: signers.map(({ address }) => address).sort(),
      k,
      min_amount: String(limits.minAmount),
      hourly_limit: String(limits.hourlyLimit),
      large_amount: String(limits.largeAmount),
      veto_delay_s: Number(limits.vetoDelay),
      rotation_delay_s: Number(limits.rotationDelay),
    },
  })
  // Without a key nobody deploys other code, or takes what the account holds.
  await own.send(contracts.bridge, [{ kind: 'deleteKey', publicKey: own.publicKey! }])
  // The bridge holds BLY itself, so the token knows it like any other account.
  const deposit = { account_id: contracts.bridge, registration_only: true }
  await root.call(contracts.bly, 'storage_deposit', deposit, { gas: tgas(30), deposit: ONE_NEAR / 4n })
}

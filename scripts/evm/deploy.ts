/** Puts the bridge, its token, the receipt verifier and a pot for receipts on an EVM chain. */
import {
  type Abi,
  type Address,
  BaseError,
  createPublicClient,
  createWalletClient,
  defineChain,
  getAddress,
  type Hex,
  http,
  parseAbi,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'
import { ONE_BLY } from '../../chain/lib/units.ts'
import { buildEvm } from '../build/evm.ts'
import type { EvmContract } from '../build/solidity.ts'

/** Receipts of the embedded chain come each second; nobody waits for a public chain's twelve. */
const POLL_MS = 50

/** What the bridge's constructor takes; amounts in attoBLY, times in seconds. */
export interface BridgeConfig {
  /** `bridgeSalt` of the NEAR side, 0x. */
  salt: Hex
  guardian: Address
  /** In any order. */
  signers: readonly Address[]
  k: number
  minAmount: bigint
  hourlyLimit: bigint
  largeAmount: bigint
  vetoDelay: bigint
  rotationDelay: bigint
}

/** Limits of the embedded network. */
export const EMBEDDED_LIMITS = {
  minAmount: ONE_BLY / 100n,
  hourlyLimit: 2_000_000n * ONE_BLY,
  largeAmount: 100_000n * ONE_BLY,
  vetoDelay: 3600n,
  rotationDelay: 3600n,
} as const satisfies Partial<BridgeConfig>

export interface EvmDeployment {
  token: Address
  bridge: Address
  verifier: Address
  reward: Address
  /** In which the bridge was deployed: logs before it hold nothing of it. */
  block: bigint
}

export interface DeployEvmOptions {
  rpcUrl: string
  /**
   * Of an account that holds gas money, 0x and 64 hex digits. It owns nothing afterwards. On a chain that may begin anew it
   * deploys once and never again: `oneTimeDeployer`.
   */
  deployerKey: Hex
  config: BridgeConfig
  /** attoBLY for one proven receipt. */
  rewardPerReceipt?: bigint
}

/** A contract could not be created: its constructor refused the configuration, or the deployer cannot pay. */
export class EvmDeployError extends BlyanError {
  static override readonly code: string = 'EVM_DEPLOY_FAILED'
  static override readonly fault: Fault = 'config'
}

/** Deploys all four; the token is created by the bridge itself. @throws EvmDeployError */
export async function deployEvm(options: DeployEvmOptions): Promise<EvmDeployment> {
  const { rpcUrl, deployerKey, config, rewardPerReceipt = ONE_BLY } = options
  const transport = http(rpcUrl)
  const reader = createPublicClient({ transport, pollingInterval: POLL_MS })
  const chain = defineChain({
    id: await reader.getChainId(),
    name: 'EVM',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const wallet = createWalletClient({ account: privateKeyToAccount(deployerKey), chain, transport })
  const contracts = await buildEvm()

  const create = async (name: string, args: readonly unknown[]): Promise<{ address: Address; block: bigint }> => {
    const { abi, bytecode } = contracts[name] as EvmContract
    const refused = (cause?: unknown): EvmDeployError =>
      new EvmDeployError({
        what: `${name} could not be created${cause instanceof BaseError ? `: ${cause.shortMessage}` : ''}`,
        fix: 'Check signers, k and limits of the configuration, and that the deployer holds gas money.',
        data: { name },
        cause,
      })
    const hash = await wallet.deployContract({ abi: abi as Abi, bytecode, args }).catch((cause) => {
      throw refused(cause)
    })
    const { status, contractAddress, blockNumber } = await reader.waitForTransactionReceipt({ hash })
    if (status !== 'success' || !contractAddress) throw refused()
    return { address: getAddress(contractAddress), block: blockNumber }
  }

  const signers = [...config.signers].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  const bridge = await create('BlyBridge', [{ ...config, signers }])
  const token = await reader.readContract({
    address: bridge.address,
    abi: parseAbi(['function token() view returns (address)']),
    functionName: 'token',
  })
  const verifier = await create('ReceiptVerifier', [bridge.address])
  const reward = await create('RewardOnReceipt', [verifier.address, token, rewardPerReceipt])
  return { token, bridge: bridge.address, verifier: verifier.address, reward: reward.address, block: bridge.block }
}

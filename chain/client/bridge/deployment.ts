/** Where one bridge lives: its contracts on both chains, its signers, its relayer. The file `DIR/bridge.json`; no secrets in it. */
import { z } from 'zod'
import { isValidAccountId } from '../../lib/accountId.ts'
import { keccak256 } from '../../lib/hash.ts'
import { type BridgeDomain, bridgeSalt, parseEvmAddress } from '../protocol.ts'
import { DeploymentInvalidError } from './errors.ts'

const account = z.string().refine(isValidAccountId, 'is no NEAR account id')
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'is no hash of 64 lower-case hex digits')
const url = z.url({ protocol: /^https?$/ })
/** A type of its own rather than a transform, which OpenAPI could not describe. */
const evmAddress = z
  .string()
  .refine(
    (text) => parseEvmAddress(keccak256, text) !== null,
    'is no EVM address with a right checksum',
  ) as unknown as z.ZodType<`0x${string}`, string>

export const deploymentSchema = z.object({
  schema: z.literal('blyan.bridge/1'),
  near: z.object({
    chainId: z.string().min(1),
    /** Hex of the first block's hash. */
    genesisHash: hash,
    rpcUrls: z.array(url).min(1),
    bly: account,
    market: account,
    bridge: account,
    oracle: account.nullable(),
    dex: account.nullable(),
  }),
  evm: z.object({
    chainId: z.number().int().positive(),
    rpcUrls: z.array(url).min(1),
    token: evmAddress,
    bridge: evmAddress,
    verifier: evmAddress,
    reward: evmAddress.nullable(),
    /** Block in which the bridge was deployed: logs before it hold nothing of it. */
    startBlock: z.number().int().nonnegative(),
    /** What counts as final: so many blocks, or what the chain itself calls finalized. */
    confirmations: z.union([z.literal('finalized'), z.number().int().nonnegative()]),
  }),
  salt: hash,
  guardian: z.object({ near: account, evm: evmAddress }),
  signers: z
    .array(z.object({ address: evmAddress, url }))
    .min(1)
    .max(32),
  k: z.number().int().min(1).max(32),
  relayer: z.object({ url }).nullable(),
})

export type Deployment = z.infer<typeof deploymentSchema>
export type DeploymentInput = z.input<typeof deploymentSchema>

/**
 * Reads a deployment, and refuses one that contradicts itself: signers that are no majority, doubled ones, or a salt that does
 * not name its own NEAR side, which would sign for another bridge.
 * @throws DeploymentInvalidError with `data.field`
 */
export function parseDeployment(value: unknown): Deployment {
  const parsed = deploymentSchema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw refused(issue.path.join('.'), issue.message)
  }
  const { near, salt, signers, k } = parsed.data
  const { chainId, genesisHash, bridge } = near
  if (salt !== bridgeSalt(keccak256, { chainId, genesisHash, account: bridge })) {
    throw refused('salt', 'does not follow from NEAR chain id, genesis and bridge account')
  }
  const addresses = signers.map(({ address }) => address.toLowerCase())
  if (new Set(addresses).size !== addresses.length) throw refused('signers', 'names one address twice')
  if (k > signers.length || 2 * k <= signers.length) {
    throw refused('k', `is ${k} of ${signers.length}; more than half and at most all are needed`)
  }
  return parsed.data
}

/** What separates this deployment's signatures from all others. */
export function domainOf({ evm, salt }: Pick<Deployment, 'evm' | 'salt'>): BridgeDomain {
  return { chainId: String(evm.chainId), verifyingContract: evm.bridge.slice(2).toLowerCase(), salt }
}

function refused(field: string, why: string): DeploymentInvalidError {
  return new DeploymentInvalidError({
    what: `The bridge's deployment file: ${field || 'the document'} ${why}.`,
    fix: 'Take bridge.json from the folder that `blyan up` or the operator of the bridge names.',
    data: { field },
  })
}

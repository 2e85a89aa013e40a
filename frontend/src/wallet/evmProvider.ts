/**
 * What an EVM wallet does for the bridge: it is moved to the bridge's chain, then signs and sends one call. Pure over an
 * EIP-1193 provider. Source: EIP-1193, EIP-3085 (wallet_addEthereumChain), EIP-3326 (wallet_switchEthereumChain).
 */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'
import { WalletRefusedError } from './types.ts'

export interface EvmProvider {
  request(call: { method: string; params?: unknown }): Promise<unknown>
  on?(event: string, listener: (value: never) => void): unknown
  removeListener?(event: string, listener: (value: never) => void): unknown
}

/** The chain as a wallet may be told of it. */
export interface EvmChain {
  chainId: number
  name: string
  /** Where the wallet reads it when it does not know it. */
  rpcUrl: string
}

export interface EvmCall {
  to: `0x${string}`
  data: `0x${string}`
}

/** A wallet with one chosen account. */
export interface EvmSigner {
  /** Its name as people know it. */
  readonly name: string
  readonly address: `0x${string}`
  /** Moves the wallet to `chain`, signs and sends. @returns the transaction's hash  @throws WalletRefusedError · EvmChainError */
  send(call: EvmCall, chain: EvmChain): Promise<`0x${string}`>
}

/** The wallet stays on another chain: what it signs there would not reach the bridge. */
export class EvmChainError extends BlyanError {
  static override readonly code: string = 'PAGE_EVM_CHAIN'
  static override readonly fault: Fault = 'user'
}

/** The wallet does not know this chain. Source: EIP-3085. */
const UNKNOWN_CHAIN = 4902
const HASH = /^0x[0-9a-fA-F]{64}$/
const ADDRESS = /^0x[0-9a-fA-F]{40}$/

export function evmSigner(provider: EvmProvider, name: string, address: `0x${string}`): EvmSigner {
  return {
    name,
    address,
    async send(call, chain) {
      await moveToChain(provider, chain)
      const accounts = addressesIn(await asked(provider, 'eth_accounts'))
      if (!accounts.some((each) => each.toLowerCase() === address.toLowerCase())) {
        throw refused(`it no longer shows ${address} to this page`)
      }
      const hash = await asked(provider, 'eth_sendTransaction', [{ from: address, ...call, value: '0x0' }])
      if (typeof hash === 'string' && HASH.test(hash)) return hash as `0x${string}`
      throw refused('it answered with no transaction')
    },
  }
}

/** Accounts that the wallet shows, asking the person. @throws WalletRefusedError */
export async function requestAccounts(provider: EvmProvider): Promise<`0x${string}`[]> {
  const accounts = addressesIn(await asked(provider, 'eth_requestAccounts'))
  if (accounts.length === 0) throw refused('no account was chosen')
  return accounts
}

/** Accounts that it shows already, without asking. */
export const shownAccounts = async (provider: EvmProvider): Promise<`0x${string}`[]> =>
  addressesIn(await provider.request({ method: 'eth_accounts' }).catch(() => []))

/** Moves the wallet to a chain, telling it of the chain first where it must. @throws WalletRefusedError · EvmChainError */
export async function moveToChain(provider: EvmProvider, chain: EvmChain): Promise<void> {
  const chainId = `0x${chain.chainId.toString(16)}`
  if (await isOn(provider, chain.chainId)) return
  try {
    await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] })
  } catch (error) {
    if (codeOf(error) !== UNKNOWN_CHAIN) throw refused(wordsOf(error))
    const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
    const added = { chainId, chainName: chain.name, nativeCurrency, rpcUrls: [chain.rpcUrl] }
    await asked(provider, 'wallet_addEthereumChain', [added])
    // Some wallets add a chain without moving to it.
    if (!(await isOn(provider, chain.chainId))) await asked(provider, 'wallet_switchEthereumChain', [{ chainId }])
  }
  if (await isOn(provider, chain.chainId)) return
  throw new EvmChainError({
    what: `The wallet is still on another chain than ${chain.name} (${chain.chainId}).`,
    fix: 'Choose that chain in the wallet, then press it again. Nothing was sent.',
    data: { chainId: chain.chainId },
  })
}

async function isOn(provider: EvmProvider, chainId: number): Promise<boolean> {
  const shown = await asked(provider, 'eth_chainId')
  return typeof shown === 'string' && /^0x[0-9a-fA-F]+$/.test(shown) && Number(shown) === chainId
}

const addressesIn = (value: unknown): `0x${string}`[] =>
  Array.isArray(value)
    ? value.filter((each): each is `0x${string}` => typeof each === 'string' && ADDRESS.test(each))
    : []

async function asked(provider: EvmProvider, method: string, params?: unknown): Promise<unknown> {
  try {
    return await provider.request(params === undefined ? { method } : { method, params })
  } catch (error) {
    throw refused(wordsOf(error))
  }
}

const codeOf = (error: unknown): unknown => {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: { originalError?: { code?: unknown } } }
  // Some mobile wallets wrap their own error once.
  return data?.originalError?.code ?? code
}
const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String((error as { message?: unknown } | null)?.message ?? error))
    .split('\n')[0]!
    .slice(0, 200)

/** Wallets say no in many ways; what each means is that nothing was signed. */
const refused = (why: string): WalletRefusedError =>
  new WalletRefusedError({
    what: `The wallet did not sign: ${why}`,
    fix: 'Look again at what it asks, then press it again.',
  })

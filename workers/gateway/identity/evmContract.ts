/**
 * Asks a contract wallet whether a signature is its own, over an RPC that the operator set. Sources: EIP-1271, EIP-6492.
 * The RPC's answers are capped, hurried, and never redirected: a visitor chooses the contract, so what it does is hostile.
 */
import { createPublicClient, http, type PublicClient } from 'viem'
import { SignInChainError } from './errors.ts'
import type { AskContract } from './siwe.ts'

/** A signature check is one read; wallets answer in well under a second. */
const TIMEOUT_MS = 5_000
const LARGEST_REPLY = 64 * 1024
/** Checks under way at once: a slow RPC must not pile up visitors. */
const AT_ONCE = 8

type ContractClient = Pick<PublicClient, 'verifyMessage' | 'getChainId'>

export function contractClient(rpcUrl: string): ContractClient {
  return createPublicClient({
    transport: http(rpcUrl, {
      timeout: TIMEOUT_MS,
      retryCount: 0,
      maxResponseBodySize: LARGEST_REPLY,
      fetchOptions: { redirect: 'error' },
    }),
  })
}

/** @param chainId what the RPC must say of itself: a signature valid on another chain proves nothing here */
export function askContractOver(client: ContractClient, chainId: number): AskContract {
  let known: Promise<number> | null = null
  let running = 0
  return async (address, message, signature) => {
    if (running >= AT_ONCE) throw away('Too many contract wallets are being asked at once.', chainId)
    running++
    try {
      known ??= client.getChainId()
      const is = await known
      if (is !== chainId) throw new Error(`it is the RPC of chain ${is}`)
      return await client.verifyMessage({ address, message, signature })
    } catch (cause) {
      if (cause instanceof SignInChainError) throw cause
      known = null
      throw away(`The RPC of EVM chain ${chainId} gave no usable answer.`, chainId, cause)
    } finally {
      running--
    }
  }
}

const away = (what: string, chainId: number, cause?: unknown): SignInChainError =>
  new SignInChainError({ what, fix: 'Try again in a while, with a new nonce.', data: { chainId }, cause })

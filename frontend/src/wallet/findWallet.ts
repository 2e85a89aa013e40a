/** The wallet that signs for the signed-in account: this tab's, or the one that this browser used before. */
import type { NetworkReply } from '../../../chain/client/gateway/index.ts'
import { SignedOutError } from '../api/errors.ts'
import type { Services } from '../shell/services.tsx'
import { storedDevelopmentWallet } from './development.ts'
import type { Wallet } from './types.ts'

/** @throws SignedOutError when no wallet here signs for `accountId` */
export async function findWallet(
  { wallets }: Pick<Services, 'wallets'>,
  network: NetworkReply,
  accountId: string,
): Promise<Wallet> {
  const current = wallets.current()
  if (current !== null && current.accountId === accountId) return current
  const found =
    fits(storedDevelopmentWallet({ network, storage: localStorage }), accountId) ??
    (network.embedded ? null : await (await import('./nearConnect.ts')).connectedNearWallet(network.chainId, accountId))
  if (found === null) {
    throw new SignedOutError({
      what: `No wallet here signs for ${accountId}.`,
      fix: 'Sign in again with the wallet that holds it.',
      data: { accountId },
    })
  }
  wallets.set(found)
  return found
}

const fits = (wallet: Wallet | null, accountId: string): Wallet | null =>
  wallet?.accountId === accountId ? wallet : null

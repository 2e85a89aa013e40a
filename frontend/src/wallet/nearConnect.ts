/**
 * NEAR wallets of the reader's own, by near-connect with a manifest of ours: it fetches no list from elsewhere. Wallets that
 * announce themselves in the page (extensions) are found; web wallets need frames, which the page's CSP does not allow.
 */
import { NearConnector } from '@hot-labs/near-connect'
import type { NearWalletBase } from '@hot-labs/near-connect/build/types/index.d.ts'
import { z } from 'zod'
import { base64ToBytes } from '../../../chain/lib/bytes.ts'
import { type Wallet, WalletRefusedError, WalletSilentError, WalletUnfitError } from './types.ts'

let connector: NearConnector | null = null

function open(chainId: string): NearConnector {
  connector ??= new NearConnector({
    network: chainId === 'mainnet' ? 'mainnet' : 'testnet',
    manifest: { wallets: [], version: '1.0.0' },
    autoConnect: false,
    features: { signMessage: true, signAndSendTransactions: true },
    footerBranding: null,
  })
  return connector
}

export interface NearChoice {
  id: string
  name: string
  connect(): Promise<Wallet>
}

/** Tells which wallets are here, now and whenever another announces itself. */
export function watchNearChoices(chainId: string, onChoices: (choices: NearChoice[]) => void): void {
  const near = open(chainId)
  const tell = (): void => onChoices(choicesOf(near))
  near.on('selector:walletsChanged', tell)
  void near.whenManifestLoaded.then(tell)
}

function choicesOf(near: NearConnector): NearChoice[] {
  return near.availableWallets.map(({ manifest: { id, name } }) => ({
    id,
    name,
    connect: async () => {
      const wallet = await asked(() => near.connect({ walletId: id }))
      const [account] = await wallet.getAccounts()
      if (account === undefined) throw refused('No account was chosen.')
      return walletOf(wallet, name, account.accountId)
    },
  }))
}

/** The wallet that this browser was connected to before, if it still is. */
export async function connectedNearWallet(chainId: string, accountId: string): Promise<Wallet | null> {
  try {
    const { wallet, accounts } = await open(chainId).getConnectedWallet()
    const found = accounts.find((account) => account.accountId === accountId)
    return found === undefined ? null : walletOf(wallet, wallet.manifest.name, found.accountId)
  } catch {
    return null
  }
}

function walletOf(wallet: NearWalletBase, name: string, accountId: string): Wallet {
  return {
    kind: 'near',
    name,
    accountId,
    async signIn({ nonce, message, recipient, nep413Nonce }) {
      if (nep413Nonce === null) {
        throw new WalletUnfitError({ what: 'This sign-in is for another kind of wallet.', fix: 'Ask for it again.' })
      }
      const signed = await asked(() => wallet.signMessage({ message, recipient, nonce: base64ToBytes(nep413Nonce) }))
      if (signed.accountId !== accountId) throw otherAccount(name, accountId, signed.accountId)
      const { publicKey, signature } = signed
      return { kind: 'near', nonce, accountId: signed.accountId, publicKey, signature }
    },
    async signAndSend(transactions, onSent) {
      const outcomes = await asked(() =>
        wallet.signAndSendTransactions({
          signerId: accountId,
          transactions: transactions.map(({ receiverId, actions }) => ({
            receiverId,
            actions: actions.map(({ methodName, args, gas, deposit }) => ({
              type: 'FunctionCall' as const,
              params: { methodName, args, gas, deposit },
            })),
          })),
        }),
      )
      const parsed = outcomesSchema.safeParse(outcomes)
      if (!parsed.success) throw silentOn(name)
      const sent = parsed.data.map(({ transaction: { hash } }, index) => ({ hash, index }))
      for (const each of sent) onSent?.(each)
      return sent
    },
  }
}

/** Wallets say no in many ways; what each means is that nothing was signed. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error))
  }
}

/** sha256 in base58. */
const outcomesSchema = z
  .array(z.object({ transaction: z.object({ hash: z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{43,44}$/) }) }))
  .min(1)

const otherAccount = (name: string, asked: string, got: unknown): WalletUnfitError =>
  new WalletUnfitError({
    what: `${name} signed for ${String(got).slice(0, 64)}, not for ${asked}.`,
    fix: `Choose ${asked} in the wallet, then sign in again.`,
  })

const silentOn = (name: string): WalletSilentError =>
  new WalletSilentError({
    what: `${name} does not say which transaction it sent.`,
    fix: 'Look at your account in the wallet before you send it again.',
  })

const refused = (why: string): WalletRefusedError =>
  new WalletRefusedError({
    what: `The wallet did not sign: ${why.slice(0, 200)}`,
    fix: 'Look again at what it asks, then press it again.',
  })

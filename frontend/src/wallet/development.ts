/**
 * The development wallet: a key in this browser's storage, for the embedded network alone, where nothing is worth anything.
 * It makes itself an account from the network's development money and signs without asking twice.
 */
import { z } from 'zod'
import { faucetReply, type NetworkReply } from '../../../chain/client/gateway/index.ts'
import { connect } from '../../../chain/client/near/connect.ts'
import { httpRpc } from '../../../chain/client/near/rpc.ts'
import { signNep413 } from '../../../chain/client/sdk/nep413.ts'
import type { Action } from '../../../chain/lib/action.ts'
import { base64ToBytes, bytesToBase58, utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { publicKeyOf, randomKeyPair, signHash } from '../../../chain/lib/key.ts'
import type { ApiClient } from '../api/client.ts'
import { type SentTransaction, type Wallet, WalletUnfitError } from './types.ts'

const keySchema = z.object({ account: z.string(), secretKey: z.string(), genesisHash: z.string() })
type StoredKey = z.infer<typeof keySchema>
const KEY = 'blyan.development-wallet'

export interface DevelopmentOptions {
  network: NetworkReply
  api: Pick<ApiClient, 'call'>
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
}

/** The wallet of this browser, when it has one on this very network. */
export function storedDevelopmentWallet({ network, storage }: Omit<DevelopmentOptions, 'api'>): Wallet | null {
  const stored = readKey(storage)
  return stored !== null && network.embedded && stored.genesisHash === network.genesisHash
    ? walletOf(stored, network)
    : null
}

/** Makes an account with BLY and NEAR. @throws WalletUnfitError away from the embedded network */
export async function makeDevelopmentWallet({ network, api, storage }: DevelopmentOptions): Promise<Wallet> {
  if (!network.embedded) {
    throw new WalletUnfitError({
      what: 'A development wallet exists on the embedded network only.',
      fix: 'Sign in with your own wallet.',
    })
  }
  const known = storedDevelopmentWallet({ network, storage })
  if (known !== null) return known
  const { publicKey, secretKey } = randomKeyPair()
  const name = `visitor-${crypto.randomUUID().slice(0, 8)}`
  const { account } = await api.call('/api/v1/network/faucet', faucetReply, {
    method: 'POST',
    body: { name, publicKey },
    token: 'none',
  })
  const stored = { account, secretKey, genesisHash: network.genesisHash }
  storage.setItem(KEY, JSON.stringify(stored))
  return walletOf(stored, network)
}

function walletOf({ account, secretKey }: StoredKey, network: NetworkReply): Wallet {
  let tell: ((hash: string) => void) | undefined
  const client = connect({
    rpcUrl: network.rpcPath,
    rpc: httpRpc(network.rpcPath, (input, init) => fetch(input, init)),
    signer: { accountId: account, secretKey },
    // What is signed is the transaction's id: it is known, and kept, before anything is sent.
    sign: (key, hash) => {
      tell?.(bytesToBase58(hash))
      return signHash(key, hash)
    },
  })
  return {
    kind: 'development',
    name: 'development wallet',
    accountId: account,
    async signIn({ nonce, message, recipient, nep413Nonce }) {
      if (nep413Nonce === null) {
        throw new WalletUnfitError({ what: 'This sign-in is for another kind of wallet.', fix: 'Ask for it again.' })
      }
      return {
        kind: 'near',
        nonce,
        accountId: account,
        publicKey: publicKeyOf(secretKey),
        signature: signNep413(secretKey, {
          message,
          nonce: base64ToBytes(nep413Nonce),
          recipient,
          callbackUrl: null,
        }),
      }
    },
    async signAndSend(transactions, onSent) {
      const sent: SentTransaction[] = []
      for (const [index, { receiverId, actions }] of transactions.entries()) {
        tell = (hash) => onSent?.({ hash, index })
        const { txHash } = await client.send(receiverId, actions.map(toAction), { waitUntil: 'EXECUTED_OPTIMISTIC' })
        sent.push({ hash: txHash, index })
      }
      return sent
    },
  }
}

const toAction = ({ methodName, args, gas, deposit }: UnsignedAction): Action => ({
  kind: 'functionCall',
  methodName,
  args: utf8ToBytes(JSON.stringify(args)),
  gas: BigInt(gas),
  deposit: BigInt(deposit),
})
type UnsignedAction = Parameters<Wallet['signAndSend']>[0][number]['actions'][number]

function readKey(storage: DevelopmentOptions['storage']): StoredKey | null {
  try {
    return keySchema.parse(JSON.parse(storage.getItem(KEY) ?? 'null'))
  } catch {
    return null
  }
}

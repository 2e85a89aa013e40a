/** Signing in and linking: the gateway names what is to be signed, the wallet signs it, the gateway checks it. */
import { loginReply, nonceReply, profileReply } from '../../../chain/client/gateway/index.ts'
import { WrongBytesError } from '../api/errors.ts'
import type { Services } from '../shell/services.tsx'
import type { Nonce, Wallet } from './types.ts'

type Needs = Pick<Services, 'api' | 'session' | 'wallets'>

/** Signs in, and keeps the wallet when it signs for the market. @throws WalletRefusedError · GatewayProblem */
export async function signIn({ api, session, wallets }: Needs, wallet: Wallet): Promise<void> {
  const nonce = await api.call('/api/v1/auth/nonce', nonceReply, {
    method: 'POST',
    body: { kind: kindOf(wallet), account: wallet.accountId, purpose: 'sign-in' },
    token: 'none',
  })
  const body = await wallet.signIn(requireOurs(nonce, wallet))
  session.set(await api.call('/api/v1/auth/login', loginReply, { method: 'POST', body, token: 'none' }))
  if (wallet.kind !== 'evm') wallets.set(wallet)
}

/** Signed in with one kind, proves an account of the other: from then on both are one person. */
export async function linkAccount({ api, session, wallets }: Needs, wallet: Wallet): Promise<void> {
  const nonce = await api.call('/api/v1/auth/nonce', nonceReply, {
    method: 'POST',
    body: { kind: kindOf(wallet), account: wallet.accountId, purpose: 'link' },
    token: 'needed',
  })
  const body = await wallet.signIn(requireOurs(nonce, wallet))
  const profile = await api.call('/api/v1/user/link', profileReply, { method: 'POST', body, token: 'needed' })
  const login = session.current()
  if (login !== null) session.set({ ...login, profile })
  if (wallet.kind !== 'evm') wallets.set(wallet)
}

const kindOf = ({ kind }: Wallet): 'evm' | 'near' => (kind === 'evm' ? 'evm' : 'near')

/** A recipient of another site would let it sign in there in the reader's name. @throws WrongBytesError */
function requireOurs(nonce: Nonce, wallet: Wallet): Nonce {
  const host = nonce.recipient.replace(/^https?:\/\//, '')
  if (wallet.kind === 'evm' || host === location.host) return nonce
  throw new WrongBytesError({
    what: `The gateway asks for a signature for ${nonce.recipient.slice(0, 80)}, not for ${location.host}.`,
    fix: 'Do not sign it. Open the page by the address that its gateway states.',
  })
}

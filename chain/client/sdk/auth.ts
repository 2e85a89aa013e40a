/** Signing in with the signer's own key. Tokens stay in memory. Source: NEP-413. */
import { base64ToBytes } from '../../lib/bytes.ts'
import { loginReply, nonceReply, type Profile } from '../gateway/index.ts'
import { missing, type SdkContext } from './context.ts'
import { TransactionDiffersError } from './errors.ts'

export interface Auth {
  /** Signs in as the signer's account. @returns who that is here */
  signIn(): Promise<Profile>
  /** Uses an API key instead. */
  setKey(key: string): void
  signOut(): Promise<void>
  isSignedIn(): boolean
}

export function createAuth({ http, gateway, signer }: SdkContext): Auth {
  return {
    async signIn() {
      const who = await signer()
      if (who.signMessage === undefined) {
        throw missing('signer', 'This wallet signs no messages.', 'Use one that does, or an API key.')
      }
      const account = who.accountId
      const challenge = await http.json(nonceReply, '/api/v1/auth/nonce', {
        method: 'POST',
        body: { kind: 'near', account },
        anonymous: true,
      })
      const { nonce, message, recipient, nep413Nonce } = challenge
      const { host, origin } = new URL(gateway)
      // A gateway in the middle would hand on another site's challenge and sign in there with the answer.
      if ((recipient !== host && recipient !== origin) || nep413Nonce === null) {
        throw new TransactionDiffersError({
          what: `The gateway asked for a signature meant for ${recipient.slice(0, 100)}; this is ${host}. Nothing was signed.`,
          fix: 'Do not use this gateway.',
          data: { field: 'recipient', expected: host, got: recipient.slice(0, 100) },
        })
      }
      const proof = await who.signMessage({ message, nonce: base64ToBytes(nep413Nonce), recipient })
      const { accountId, publicKey, signature } = proof
      const body = { kind: 'near', nonce, accountId, publicKey, signature }
      const { token, profile } = await http.json(loginReply, '/api/v1/auth/login', {
        method: 'POST',
        body,
        anonymous: true,
      })
      http.authorize(token)
      return profile
    },
    setKey: (key) => http.authorize(key),
    async signOut() {
      http.authorize(null)
    },
    isSignedIn: () => http.token() !== null,
  }
}

/** The development wallet: on the embedded network alone, with a key that signs in and nothing that leaves the browser. */
import { expect } from 'chai'
import { signNep413 } from '../../../../chain/client/sdk/nep413.ts'
import { base64ToBytes, bytesToBase58 } from '../../../../chain/lib/bytes.ts'
import { keyPairFromPhrase, verifySignature } from '../../../../chain/lib/key.ts'
import { makeDevelopmentWallet, storedDevelopmentWallet } from '../../../../frontend/src/wallet/development.ts'
import { nep413Hash } from '../../../../workers/gateway/identity/nep413.ts'
import { network } from '../../../browser/fixtures/data.ts'

function memory() {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
}
const nonce = btoa(String.fromCharCode(...new Uint8Array(32).fill(7)))

describe('the development wallet', () => {
  it('signs what the gateway checks', () => {
    const { secretKey, publicKey } = keyPairFromPhrase('somebody')
    const signature = signNep413(secretKey, {
      message: 'm',
      nonce: base64ToBytes(nonce),
      recipient: '127.0.0.1:4173',
      callbackUrl: null,
    })
    const hash = nep413Hash({
      message: 'm',
      nonce: base64ToBytes(nonce),
      recipient: '127.0.0.1:4173',
      callbackUrl: null,
    })
    expect(verifySignature(publicKey, hash, `ed25519:${bytesToBase58(base64ToBytes(signature))}`)).to.equal(true)
  })

  it('makes one account, sends the public key alone, and is the same after a reload', async () => {
    const storage = memory()
    const bodies: unknown[] = []
    const api = {
      call: (async (_: string, __: unknown, { body }: { body: { name: string } }) => {
        bodies.push(body)
        return { account: `${body.name}.test.near`, blyAtto: '1', nearYocto: '1' }
      }) as never,
    }
    const first = await makeDevelopmentWallet({ network, api, storage })
    const again = await makeDevelopmentWallet({ network, api, storage })
    expect(again.accountId).to.equal(first.accountId)
    expect(bodies).to.have.length(1)
    expect(Object.keys(bodies[0] as object)).to.have.members(['name', 'publicKey'])
    const secret = JSON.parse([...storage.kept.values()][0]!).secretKey as string
    expect(JSON.stringify(bodies)).not.to.include(secret.slice(8))
  })

  it('does not exist on a network with money, nor on another embedded one', async () => {
    const storage = memory()
    const api = { call: (async () => ({ account: 'a.test.near' })) as never }
    const refused = await makeDevelopmentWallet({ network: { ...network, embedded: false }, api, storage }).catch(
      (error) => error,
    )
    expect(refused.code).to.equal('PAGE_WALLET_UNFIT')
    await makeDevelopmentWallet({ network, api, storage })
    expect(storedDevelopmentWallet({ network: { ...network, genesisHash: 'other' }, storage })).to.equal(null)
    expect(storedDevelopmentWallet({ network: { ...network, embedded: false }, storage })).to.equal(null)
  })
})

/** What a wallet of the reader's own sent, held against what was reviewed. */
import { expect } from 'chai'
import { bytesToBase64, utf8ToBytes } from '../../../../chain/lib/bytes.ts'
import { requireReviewed, reviewedAs } from '../../../../frontend/src/transaction/asReviewed.ts'

const ALICE = 'alice.near'
const order = [
  {
    receiverId: 'bly.near',
    actions: [
      {
        type: 'FunctionCall' as const,
        methodName: 'ft_transfer_call',
        args: { amount: '5', msg: { to: '0x1', at: 2 } },
        gas: '30',
        deposit: '1',
      },
    ],
  },
]
const reviewed = reviewedAs(ALICE, order)
const call = (change: Record<string, unknown> = {}, args: unknown = order[0]!.actions[0]!.args) => ({
  FunctionCall: {
    method_name: 'ft_transfer_call',
    args: bytesToBase64(utf8ToBytes(JSON.stringify(args))),
    gas: 30,
    deposit: '1',
    ...change,
  },
})
const sent = (change: Record<string, unknown> = {}) => ({
  hash: 'H',
  signer_id: ALICE,
  receiver_id: 'bly.near',
  actions: [call()],
  ...change,
})
const delegate = (change: Record<string, unknown> = {}) => ({
  Delegate: {
    delegate_action: { sender_id: ALICE, receiver_id: 'bly.near', actions: [call()], ...change },
    signature: '',
  },
})
const verdict = (transaction: unknown, others: { hashes: string[] }[] = []): string => {
  try {
    requireReviewed({ reviewed, hashes: ['H'] }, 'H', transaction, others)
    return 'as reviewed'
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as { what: string }).what}`
  }
}

describe('what a wallet sent', () => {
  it('is what was reviewed, also with its fields in another order, more gas, or gas that somebody else pays', () => {
    const swapped = { msg: { at: 2, to: '0x1' }, amount: '5' }
    const relayed = sent({ signer_id: 'relayer.near', receiver_id: ALICE, actions: [delegate()] })
    for (const good of [
      sent(),
      sent({ actions: [call({}, swapped)] }),
      sent({ actions: [call({ gas: 300 })] }),
      relayed,
    ]) {
      expect(verdict(good)).to.equal('as reviewed')
    }
  })

  const others: Record<string, unknown> = {
    'by another account': sent({ signer_id: 'mallory.near' }),
    'to another contract': sent({ receiver_id: 'usd.near' }),
    'with another method': sent({ actions: [call({ method_name: 'ft_transfer' })] }),
    'with more attached': sent({ actions: [call({ deposit: '1000' })] }),
    'with another amount': sent({ actions: [call({}, { amount: '50', msg: { to: '0x1', at: 2 } })] }),
    'to another receiver': sent({ actions: [call({}, { amount: '5', msg: { to: '0x2', at: 2 } })] }),
    'with a key for somebody besides': sent({ actions: [call(), { AddKey: { public_key: 'ed25519:x' } }] }),
    'with a transfer instead': sent({ actions: [{ Transfer: { deposit: '1' } }] }),
    'with bytes that are no JSON': sent({ actions: [call({ args: bytesToBase64(Uint8Array.of(255)) })] }),
    'relayed for another account': sent({ actions: [delegate({ sender_id: 'mallory.near' })] }),
    'as nothing that a chain shows': { hash: 'H' },
  }
  for (const [how, transaction] of Object.entries(others)) {
    it(`${how} is not`, () => {
      expect(verdict(transaction)).to.include(
        'PAGE_WALLET_SENT_OTHER The wallet sent something else than was reviewed: H',
      )
    })
  }

  it('is not a transaction that was sent for another order', () => {
    expect(verdict(sent(), [{ hashes: ['H'] }])).to.include('was sent for another order before')
    expect(verdict(sent(), [{ hashes: ['I'] }])).to.equal('as reviewed')
  })

  it('is not held against anything where the page itself sends', () => {
    expect(() => requireReviewed({ reviewed: null, hashes: ['H'] }, 'H', {})).to.not.throw()
  })
})

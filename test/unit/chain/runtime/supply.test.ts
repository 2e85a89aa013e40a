import { expect } from 'chai'
import fc from 'fast-check'
import type { Action } from '../../../../chain/lib/action.ts'
import { keyPairFromPhrase } from '../../../../chain/lib/key.ts'
import { ONE_NEAR, TGAS } from '../../../../chain/lib/units.ts'
import { createTestChain, type NearTestChain } from '../../../../chain/node/testing.ts'
import { decodeAccount } from '../../../../chain/runtime/account.ts'
import { ASKER, runContract, STORE } from '../support/cases.ts'
import { call } from '../support/scriptedContract.ts'

const NAMES = ['a.test.near', 'b.test.near', 'store.test.near', 'asker.test.near', 'gone.test.near', 'c'.repeat(64)]
const name = fc.constantFrom(...NAMES)
const deposit = fc.bigInt(0n, 3n * ONE_NEAR)
const gas = fc.bigInt(1n, 60n).map((count) => count * TGAS)

const action: fc.Arbitrary<Action> = fc.oneof(
  deposit.map((amount): Action => ({ kind: 'transfer', deposit: amount })),
  fc.constant<Action>({ kind: 'createAccount' }),
  name.map((beneficiaryId): Action => ({ kind: 'deleteAccount', beneficiaryId })),
  fc.constantFrom(STORE, ASKER).map((code): Action => ({ kind: 'deployContract', code })),
  fc.nat(3).map((i): Action => ({ kind: 'deleteKey', publicKey: keyPairFromPhrase(`k${i}`).publicKey })),
  fc.record({ i: fc.nat(3), full: fc.boolean(), allowance: deposit }).map(
    ({ i, full, allowance }): Action => ({
      kind: 'addKey',
      publicKey: keyPairFromPhrase(`k${i}`).publicKey,
      accessKey: { nonce: 0n, permission: full ? null : { allowance, receiverId: 'store.test.near', methodNames: [] } },
    }),
  ),
  fc
    .record({ method: fc.constantFrom('set', 'get', 'setThenPanic', 'keep', 'none'), gas, deposit })
    .map(({ method, ...options }) => call(method, { value: 'x' }, options)),
  fc
    .record({
      method: fc.constantFrom('ask', 'askBoth', 'forward', 'pay'),
      contract: name,
      amount: deposit,
      gas,
      deposit,
    })
    .map(({ method, contract, amount, ...options }) =>
      call(
        method,
        {
          contract,
          first: contract,
          second: 'store.test.near',
          to: contract,
          method: 'set',
          value: 'x',
          amount: amount.toString(),
        },
        options,
      ),
    ),
)
const step = fc.record({ from: name, to: name, actions: fc.array(action, { minLength: 1, maxLength: 3 }) })

describe('the supply', () => {
  const held = ({ chain }: NearTestChain): bigint => {
    let sum = 0n
    for (const [key, value] of chain.ledger.state.entries()) {
      if (key[0] !== '\x00') continue
      const { amount, locked } = decodeAccount(value)
      sum += amount + locked
    }
    return sum
  }

  it('is what genesis made less what was burnt, to the yocto, whatever anybody sends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const chain = await createTestChain({ runContract, seed: 'supply' })
        for (const id of NAMES) await chain.createAccount(id, 20n * ONE_NEAR)
        await chain.account('store.test.near').deploy(STORE)
        await chain.account('asker.test.near').deploy(ASKER)
        // Accounts with names of their own came by state patches, which the supply does not count.
        const patched = held(chain) - chain.chain.ledger.head.header.totalSupply
        for (const { from, to, actions } of steps) {
          await chain
            .account(from)
            .send(to, actions)
            .catch(() => undefined)
        }
        const supply = chain.chain.ledger.head.header.totalSupply
        expect(held(chain) - patched).to.equal(supply)
        await chain.close()
      }),
      { numRuns: 60, seed: 20_260_101 },
    )
  })

  it('shows each outcome’s burnt tokens, which add up to the block’s but for the contracts’ reward', async () => {
    const chain = await createTestChain({ runContract, seed: 'supply' })
    const store = await chain.createAccount('store.test.near')
    await store.deploy(STORE)
    const { outcomes } = await chain.root.call('store.test.near', 'set', { value: 'x' })
    const shown = outcomes.reduce((sum, { tokensBurnt }) => sum + tokensBurnt, 0n)
    const { ledger } = chain.chain
    const heights = new Set(outcomes.map(({ id }) => ledger.outcome(id)!.block))
    const burnt = [...heights].reduce((sum, { header }) => sum + header.burnt, 0n)
    expect(shown - burnt).to.equal((3n * 2n * 10n ** 12n * 10n ** 8n) / 10n)
    await chain.close()
  })
})

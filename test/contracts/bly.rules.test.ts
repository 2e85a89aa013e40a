/** BLY's rules in memory: the NEP-141 suite, what only a fake can stage, and the supply under random calls. */
import { expect } from 'chai'
import fc from 'fast-check'
import { init } from '../../contracts/near/bly/init.ts'
import { GENESIS_SUPPLY } from '../../contracts/near/bly/metadata.ts'
import { ACCOUNT_BYTES, decodeAmount, encodeAmount, KEYS } from '../../contracts/near/bly/storage.ts'
import { FakeHost } from '../fixtures/fakeHost.ts'
import { behavesLikeNep141 } from '../fixtures/token/behavesLikeNep141.ts'
import { rulesToken } from '../fixtures/token/rulesToken.ts'

const YOCTO = { deposit: 1n }

behavesLikeNep141('bly (rules)', async () => rulesToken())

describe('bly (rules)', () => {
  it('mints the whole supply at genesis, once, with one event', () => {
    const host = new FakeHost({ current: 'bly.near' })
    host.call({}, () => init(host, { owner_id: 'owner.near' }))
    expect(host.takeEvents()).to.deep.equal([
      {
        standard: 'nep141',
        version: '1.0.0',
        event: 'ft_mint',
        data: [{ owner_id: 'owner.near', amount: `${GENESIS_SUPPLY}`, memo: 'genesis' }],
      },
    ])
    expect(() => host.call({}, () => init(host, { owner_id: 'thief.near' }))).to.throw('BLY_INITIALISED: ')
  })

  it('takes metadata of its own network at genesis, but never other decimals', () => {
    const metadata = {
      spec: 'ft-1.0.0',
      name: 'Test',
      symbol: 'tBLY',
      icon: null,
      reference: null,
      reference_hash: null,
    }
    const host = new FakeHost()
    for (const wrong of [{ decimals: 24 }, { decimals: 18, spec: 'ft-2' }, { decimals: 18, name: '' }]) {
      const call = () =>
        host.call({}, () => init(host, { owner_id: 'o.near', metadata: { ...metadata, ...wrong } as never }))
      expect(call).to.throw('BLY_METADATA_INVALID: ')
    }
    expect(host.storage.size).to.equal(0)
    host.call({}, () => init(host, { owner_id: 'o.near', metadata: { ...metadata, decimals: 18 } }))
    expect(JSON.parse(host.read(KEYS.metadata)!).symbol).to.equal('tBLY')
  })

  it('says which call is missing when it was never initialised', async () => {
    const token = rulesToken()
    token.host.storage.clear()
    const error = await token.view('ft_total_supply').catch((reason: Error) => reason)
    expect((error as Error).message).to.contain('BLY_NOT_INITIALISED: ')
  })

  it('burns a refund whose owner left meanwhile, and calls it used', async () => {
    const token = rulesToken()
    const { host } = token
    await token.call(token.owner, 'storage_deposit', { account_id: 'alice.near' }, { deposit: 10n ** 22n })
    await token.call(token.owner, 'ft_transfer', { receiver_id: 'alice.near', amount: '1000' }, YOCTO)
    const receiver = await token.receiver('returns', { does: 'reply', text: '"400"' })
    token.meanwhile = () => void host.storage.delete(`${KEYS.account}alice.near`)
    const used = await token.call(
      'alice.near',
      'ft_transfer_call',
      { receiver_id: receiver, amount: '1000', msg: '' },
      YOCTO,
    )
    expect(used).to.equal('1000')
    expect(await token.view('ft_burned')).to.equal('400')
    expect(await token.view('ft_total_supply')).to.equal(`${GENESIS_SUPPLY - 400n}`)
    expect((await token.events()).at(-1)).to.deep.equal({
      event: 'ft_burn',
      data: [{ owner_id: receiver, amount: '400', memo: 'refund' }],
    })
  })

  it('keeps the refund where the receiver left meanwhile: nothing is there to take back', async () => {
    const token = rulesToken()
    await token.call(token.owner, 'storage_deposit', { account_id: 'alice.near' }, { deposit: 10n ** 22n })
    await token.call(token.owner, 'ft_transfer', { receiver_id: 'alice.near', amount: '1000' }, YOCTO)
    const receiver = await token.receiver('gone', { does: 'reply', text: '"1000"' })
    token.meanwhile = () => {
      const { host } = token
      const leave = () => host.remove(`${KEYS.account}${receiver}`)
      host.call({}, leave)
    }
    const args = { receiver_id: receiver, amount: '1000', msg: '' }
    expect(await token.call('alice.near', 'ft_transfer_call', args, YOCTO)).to.equal('1000')
    expect(await token.view('ft_balance_of', { account_id: 'alice.near' })).to.equal('0')
  })

  it('charges for exactly the bytes of the longest account record', () => {
    const host = new FakeHost()
    const before = host.storageUsage()
    host.write(KEYS.account + 'f'.repeat(64), encodeAmount(GENESIS_SUPPLY))
    expect(host.storageUsage() - before).to.equal(ACCOUNT_BYTES)
  })

  it('reads back every amount it stores', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (amount) => {
        expect(decodeAmount(encodeAmount(amount))).to.equal(amount)
      }),
      { seed: 3, numRuns: 1000 },
    )
  })

  it('keeps balances + burned equal to the genesis supply under any sequence of calls', async () => {
    const people = ['owner.near', 'ann.near', 'ben.near', 'cyd.near', 'part.near', 'panic.near']
    const person = fc.constantFrom(...people)
    const amount = fc.oneof(fc.bigInt({ min: 0n, max: 2000n }), fc.bigInt({ min: 0n, max: GENESIS_SUPPLY })).map(String)
    const step = fc.oneof(
      fc.record({ method: fc.constant('ft_transfer'), from: person, to: person, amount }),
      fc.record({ method: fc.constant('ft_transfer_call'), from: person, to: person, amount }),
      fc.record({ method: fc.constant('burn'), from: person, to: person, amount }),
      fc.record({ method: fc.constant('storage_deposit'), from: person, to: person, amount }),
      fc.record({ method: fc.constant('storage_unregister'), from: person, to: person, amount }),
    )
    const done = new Map<string, number>()
    const leaver = fc.option(person, { freq: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, leaver), { minLength: 1, maxLength: 40 }), async (steps) => {
        const token = rulesToken()
        await token.receiver('part', { does: 'reply', text: '"37"' })
        await token.receiver('panic', { does: 'panic' })
        for (const account of people.slice(1)) {
          await token.call('owner.near', 'storage_deposit', { account_id: account }, { deposit: 10n ** 22n })
          await token.call('owner.near', 'ft_transfer', { receiver_id: account, amount: '5000' }, YOCTO)
        }
        for (const [{ method, from, to, amount }, leaves] of steps) {
          const args: Record<string, object> = {
            ft_transfer: { receiver_id: to, amount },
            ft_transfer_call: { receiver_id: to, amount, msg: '' },
            burn: { amount },
            storage_deposit: { account_id: to },
            storage_unregister: { force: amount.length % 2 === 0 },
          }
          const deposit = method === 'storage_deposit' ? 10n ** 22n : 1n
          // Somebody may leave with force between the receiver's answer and the resolver.
          token.meanwhile = () => {
            if (leaves === null) return
            token.call(leaves, 'storage_unregister', { force: true }, YOCTO).catch((reason) => expect.fail(reason))
          }
          const refusal = await token.call(from, method, args[method], { deposit }).then(
            () => null,
            (reason: Error) => reason.message,
          )
          if (refusal === null) done.set(method, (done.get(method) ?? 0) + 1)
          else expect(refusal).to.match(/^[A-Z0-9_]+: /)
          let sum = 0n
          for (const [key, value] of token.host.storage) if (key[0] === KEYS.account) sum += decodeAmount(value)
          const [supply, burned] = [await token.view('ft_total_supply'), await token.view('ft_burned')].map(BigInt)
          expect(sum).to.equal(supply)
          expect(supply + burned).to.equal(GENESIS_SUPPLY)
        }
        // Events alone rebuild every balance.
        const rebuilt = new Map<string, bigint>([['owner.near', GENESIS_SUPPLY]])
        const add = (account: unknown, delta: bigint) =>
          rebuilt.set(account as string, (rebuilt.get(account as string) ?? 0n) + delta)
        for (const { event, data } of await token.events()) {
          for (const each of data) {
            const moved = BigInt(each.amount as string)
            if (event === 'ft_burn') add(each.owner_id, -moved)
            else {
              add(each.old_owner_id, -moved)
              add(each.new_owner_id, moved)
            }
          }
        }
        for (const [account, balance] of rebuilt) {
          expect(await token.view('ft_balance_of', { account_id: account })).to.equal(`${balance}`)
        }
      }),
      { seed: 41, numRuns: 300 },
    )
    for (const method of ['ft_transfer', 'ft_transfer_call', 'burn', 'storage_deposit', 'storage_unregister']) {
      expect(done.get(method), `successful ${method}`).to.be.above(100)
    }
  })
})

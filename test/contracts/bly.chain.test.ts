/** BLY's wasm on the embedded chain: the NEP-141 suite again, what promises do, and gas against the committed table. */
import { expect } from 'chai'
import { ACCOUNT_BYTES } from '../../contracts/near/bly/storage.ts'
import { holdGasTable } from '../fixtures/gasTable.ts'
import { behavesLikeNep141 } from '../fixtures/token/behavesLikeNep141.ts'
import { type ChainToken, chainToken } from '../fixtures/token/chainToken.ts'
import { contractWasm } from '../fixtures/wasm/contractWasm.ts'
import { tinyContract } from '../fixtures/wasm/tinyContract.ts'

const YOCTO = { deposit: 1n }
const TGAS = 10n ** 12n

describe('bly on the embedded chain', function () {
  this.timeout(120_000)
  let wasm: Uint8Array
  const tokens: ChainToken[] = []
  const start = async () => {
    const token = await chainToken(wasm)
    tokens.push(token)
    return token
  }

  before(async () => {
    wasm = (await contractWasm('bly')).wasm
  })
  after(async () => {
    for (const token of tokens) await token.close()
  })

  behavesLikeNep141('bly (wasm)', start)

  it('burns the refund of a sender that left between transfer and resolver', async () => {
    const token = await start()
    const { value, events, receiver, sender } = await leaveBeforeResolver(token)
    expect(value).to.equal('1000')
    const burns = events.filter(({ event }) => event === 'ft_burn').map(({ data }) => (data as object[])[0])
    expect(burns).to.have.deep.members([
      { owner_id: sender, amount: '500', memo: 'unregistered' },
      { owner_id: receiver, amount: '400', memo: 'refund' },
    ])
    expect(await token.view('ft_burned')).to.equal('900')
    expect(await token.view('ft_balance_of', { account_id: receiver })).to.equal('600')
  })

  it('resolves even when the receiver burns all the gas it was given', async () => {
    const token = await start()
    const receiver = await token.chain.createAccount('hungry.test.near')
    // br 0 inside a loop: runs until the gas is gone.
    const loop = [0x03, 0x40, 0x0c, 0x00, 0x0b]
    await receiver.deploy(tinyContract({ ft_on_transfer: [{ do: 'raw', code: loop }] }))
    const { accountId } = receiver
    await token.call(token.owner, 'storage_deposit', { account_id: accountId }, { deposit: 10n ** 22n })
    const args = { receiver_id: accountId, amount: '1000', msg: '' }
    expect(await token.call(token.owner, 'ft_transfer_call', args, { deposit: 1n, gas: 30n * TGAS })).to.equal('0')
    expect(await token.view('ft_balance_of', { account_id: accountId })).to.equal('0')
  })

  it('takes from an account no more NEAR than its record locks', async () => {
    const token = await start()
    const contract = token.chain.account(token.token)
    const before = contract.state()!.storageUsage
    const longest = 'f'.repeat(64)
    await token.call(token.owner, 'storage_deposit', { account_id: longest }, { deposit: 10n ** 22n })
    const all = await token.view('ft_balance_of', { account_id: token.owner })
    await token.call(token.owner, 'ft_transfer', { receiver_id: longest, amount: all }, YOCTO)
    // The owner's own record shrank from 18 digits to 1.
    expect(contract.state()!.storageUsage - before + 17n).to.equal(ACCOUNT_BYTES)
  })

  it('costs what the committed gas table says, ft_transfer at most 5 TGas', async () => {
    const token = await start()
    const alice = await token.account('alice')
    const calls: Record<string, number> = {}
    const measure = async (
      name: string,
      from: string,
      method: string,
      args: object,
      deposit = 1n,
      gas = 100n * TGAS,
    ) => {
      await token.call(from, method, args, { deposit, gas })
      calls[name] = Math.round(token.last().gasBurntTGas * 1000) / 1000
    }
    const storage = 10n ** 22n
    await measure('storage_deposit', token.owner, 'storage_deposit', { account_id: alice }, storage)
    const keeps = await token.receiver('keeps', { does: 'reply', text: '"0"' })
    const returns = await token.receiver('returns', { does: 'reply', text: '"400"' })
    await measure('ft_transfer', token.owner, 'ft_transfer', {
      receiver_id: alice,
      amount: `${5n * 10n ** 18n}`,
      memo: 'x',
    })
    const send = (receiver_id: string) => ({ receiver_id, amount: '1000', msg: '{"stake":{}}' })
    await measure('ft_transfer_call', alice, 'ft_transfer_call', send(keeps))
    await measure('ft_transfer_call.refund', alice, 'ft_transfer_call', send(returns))
    calls.ft_resolve_transfer = resolverGas(token)
    const { outcomes } = await leaveBeforeResolver(token)
    const burning = outcomes.find(({ logs }) => logs.some((line) => line.includes('"memo":"refund"')))!
    calls['ft_resolve_transfer.burn'] = teraGas(burning.gasBurnt)
    await measure('burn', alice, 'burn', { amount: '1000' })
    await measure('storage_unregister.force', alice, 'storage_unregister', { force: true })
    await holdGasTable('bly', calls)
    expect(calls.ft_transfer).to.be.at.most(5)
  })
})

/** A contract that sends 1000 with a message and leaves by force in the same call; the receiver gives 400 back. */
async function leaveBeforeResolver(token: ChainToken) {
  const receiver = await token.receiver('receiver', { does: 'reply', text: '"400"' })
  const sender = await token.chain.createAccount('leaver.test.near')
  const transfer = { receiver_id: receiver, amount: '1000', msg: '' }
  const call = { do: 'call', account: token.token, deposit: 1n } as const
  await sender.deploy(
    tinyContract({
      go: [
        { ...call, method: 'ft_transfer_call', args: transfer, gas: 60n * TGAS, returned: true },
        { ...call, method: 'storage_unregister', args: { force: true }, gas: 20n * TGAS },
      ],
    }),
  )
  await token.call(token.owner, 'storage_deposit', { account_id: sender.accountId }, { deposit: 10n ** 22n })
  await token.call(token.owner, 'ft_transfer', { receiver_id: sender.accountId, amount: '1500' }, YOCTO)
  const result = await sender.call<string>(sender.accountId, 'go', {}, { gas: 200n * TGAS })
  return { ...result, receiver, sender: sender.accountId }
}

/** TGas that the resolver's own receipt burnt in the last transfer call. */
function resolverGas(token: ChainToken): number {
  const receipts = token.last().outcomes.filter(({ executorId }) => executorId === token.token)
  return teraGas(receipts.at(-1)!.gasBurnt)
}

const teraGas = (gas: bigint): number => Math.round(Number(gas / 10n ** 6n) / 1000) / 1000

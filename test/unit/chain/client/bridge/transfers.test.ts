/** One transfer's story, told from both chains and the signers. */
import { expect } from 'chai'
import { readTransfer, TransferMissingError } from '../../../../../chain/client/bridge/index.ts'
import { signerFetch } from '../../../../fixtures/bridgeSigners.ts'
import { relayerModel } from '../../../../fixtures/relayerModel.ts'

type Model = ReturnType<typeof relayerModel>
const read = (model: Model, id: string) =>
  readTransfer(
    { deployment: model.deployment, ...model.sides, fetch: signerFetch(model.signers), now: () => model.world.now },
    id,
  )

describe('reading a transfer', () => {
  it('counts signatures until enough are there, and names who is missing', async () => {
    const model = relayerModel()
    const lock = await model.lock(5n, [])
    model.world.locks[0]!.final = false
    expect((await read(model, 'near-evm:0')).state).to.equal('locked')
    model.world.locks[0]!.final = true
    await model.signers[1]!.signs('lock', lock)
    const waiting = await read(model, 'near-evm:0')
    expect(waiting).to.include({ state: 'final', awaits: 'signers', amount: 5n })
    expect(waiting.signatures).to.deep.include({ have: 1, need: 2, of: 3 })
    expect(waiting.signatures!.missing).to.have.members([model.signers[0]!.address, model.signers[2]!.address])
    await model.signers[0]!.signs('lock', lock)
    expect(await read(model, 'near-evm:0')).to.include({ state: 'signed', awaits: 'relayer' })
  })

  it('does not count signatures over other money than the chain shows', async () => {
    const model = relayerModel()
    const lock = await model.lock(5n, [])
    for (const each of model.signers) await each.signs('lock', { ...lock, amount: '50' })
    expect(await read(model, 'near-evm:0')).to.include({ state: 'final', awaits: 'signers' })
  })

  it('asks no signer about what is paid, and shows it as paid though all signers are gone', async () => {
    const model = relayerModel()
    await model.lock(5n)
    const { relayer } = model.start()
    await relayer.tick()
    await model.mine()
    for (const each of model.signers) each.dead = true
    expect(await read(model, 'near-evm:0')).to.include({ state: 'minted', awaits: null, signatures: null })
  })

  it('says until when the guardian may stop a large one', async () => {
    const model = relayerModel()
    model.world.evmLarge = 5n
    await model.lock(5n)
    await model.start().relayer.tick()
    await model.mine()
    const waiting = await read(model, 'near-evm:0')
    expect(waiting).to.include({ state: 'delayed', awaits: 'delay', readyAt: model.world.now + 3_600_000 })
  })

  it('names a transfer that is not there', async () => {
    const error = await read(relayerModel(), 'evm-near:0').catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(TransferMissingError)
  })
})

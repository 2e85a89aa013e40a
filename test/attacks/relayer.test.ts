/**
 * Hostile relayers, signers that lie to honest relayers, and gas that is suddenly dear. Each attack is carried out where the one
 * rule against it is missing, where it takes what its name says, and where the rule holds, where it takes nothing.
 */
import { expect } from 'chai'
import { collectSignatures, type EvmCall, mintCall, type Payloads } from '../../chain/client/bridge/index.ts'
import { collectFrom, signerFetch } from '../fixtures/bridgeSigners.ts'
import { EVM_RECEIVER, type ModelOptions, relayerModel } from '../fixtures/relayerModel.ts'

type Model = ReturnType<typeof relayerModel>
const GWEI = 10n ** 9n
const THIEF = 'bb'.repeat(20)

/** An honest relayer works until nothing more happens. */
async function honestly(model: Model, rounds = 12, use: { fetch?: typeof fetch } = {}): Promise<void> {
  const { relayer } = model.start(undefined, use)
  for (let i = 0; i < rounds; i++) {
    await relayer.tick()
    await model.mine()
    model.world.now += 2_000
  }
}

/** What a hostile relayer does: any call it likes, past all checks of ours. @returns why it was refused, null when it was not */
async function submitAnyway(model: Model, call: EvmCall): Promise<string | null> {
  const { sender } = model.start()
  try {
    await sender.submit(`hostile:${model.seen.length}`, call)
  } catch (error) {
    return (error as Error).message
  }
  await model.mine()
  return null
}

async function signedLock(model: Model, amount: bigint): Promise<{ lock: Payloads['lock']; signatures: string[] }> {
  const lock = await model.lock(amount)
  const { signatures } = await collectSignatures('lock', lock.nonce, collectFrom(model.signers, model.active))
  return { lock, signatures: signatures.slice(0, 2).map(({ signature }) => signature) }
}

const paidTo = ({ world }: Model, receiver: string): number =>
  world.paid.filter((each) => each.endsWith(receiver)).length

describe('attacks by and on relayers', () => {
  it('a relayer that drops a transfer keeps its receiver waiting for ever; that anyone may carry it ends the wait', async () => {
    const model = relayerModel()
    await model.lock(5n)
    model.world.now += 30 * 24 * 3_600_000 // the only relayer there is looks away for a month
    expect(paidTo(model, EVM_RECEIVER)).to.equal(0)
    await honestly(model)
    expect(paidTo(model, EVM_RECEIVER)).to.equal(1)
  })

  it('a relayer that submits one lock twice mints 5 BLY that nobody locked; the used number stops it', async () => {
    const attack = async (options: ModelOptions): Promise<[Model, string | null]> => {
      const model = relayerModel(options)
      const { lock, signatures } = await signedLock(model, 5n)
      const call = mintCall(model.deployment, lock, signatures)
      expect(await submitAnyway(model, call)).to.equal(null)
      return [model, await submitAnyway(model, call)]
    }
    const [naive] = await attack({ rules: { once: false } })
    expect(paidTo(naive, EVM_RECEIVER)).to.equal(2)
    const [model, refusal] = await attack({})
    expect(refusal).to.contain('BlyBridgeNonceUsed')
    expect(paidTo(model, EVM_RECEIVER)).to.equal(1)
  })

  it('a relayer that holds the first transfer back stops all later ones where they must come in order; they need not', async () => {
    const attack = async (options: ModelOptions): Promise<Model> => {
      const model = relayerModel(options)
      await signedLock(model, 5n)
      const later = await signedLock(model, 6n)
      await submitAnyway(model, mintCall(model.deployment, later.lock, later.signatures))
      return model
    }
    expect(paidTo(await attack({ rules: { anyOrder: false } }), EVM_RECEIVER)).to.equal(0)
    expect(paidTo(await attack({}), EVM_RECEIVER)).to.equal(1)
  })

  it('a relayer that writes its own address into a lock takes the receiver’s 5 BLY; the signatures stop it', async () => {
    const attack = async (options: ModelOptions): Promise<[Model, string | null]> => {
      const model = relayerModel(options)
      const { lock, signatures } = await signedLock(model, 5n)
      return [model, await submitAnyway(model, mintCall(model.deployment, { ...lock, receiver: THIEF }, signatures))]
    }
    const [naive] = await attack({ rules: { signed: false } })
    expect(paidTo(naive, THIEF)).to.equal(1)
    const [model, refusal] = await attack({})
    expect(refusal).to.contain('BlyBridgeSignerUnknown')
    expect(model.world.paid).to.deep.equal([])
  })

  it('a signer that answers a wrong signature stops a relayer that believes it; ours recovers each signer itself', async () => {
    const model = relayerModel()
    const lock = await model.lock(5n)
    const liar = model.signers[0]!
    liar.lie = (item) => ({ ...item, signature: `${item.signature.slice(0, 120)}00000000${item.signature.slice(128)}` })
    // Naive: the first two answers, as they come.
    const answers = await Promise.all(
      model.signers.slice(0, 2).map(async ({ url }) => {
        const answer = await signerFetch(model.signers)(`${url}/payloads/lock/0`)
        return ((await answer.json()) as { signature: string }).signature
      }),
    )
    expect(await submitAnyway(model, mintCall(model.deployment, lock, answers))).to.contain('BlyBridgeSignerUnknown')
    expect(paidTo(model, EVM_RECEIVER)).to.equal(0)
    await honestly(model)
    expect(paidTo(model, EVM_RECEIVER)).to.equal(1)
  })

  it('a signer that signs another amount splits a relayer that takes the first payload; ours takes what most signed', async () => {
    const model = relayerModel()
    const lock = await model.lock(5n, model.signers.slice(1))
    await model.signers[0]!.signs('lock', { ...lock, amount: '500' })
    const first = model.signers[0]!.items[0]!
    const { signatures } = await collectSignatures('lock', '0', collectFrom(model.signers, model.active))
    const naive = [first.signature, signatures[0]!.signature]
    expect(await submitAnyway(model, mintCall(model.deployment, first.payload as Payloads['lock'], naive))).to.contain(
      'BlyBridgeSigner',
    )
    await honestly(model)
    expect(model.world.paid).to.deep.equal([`mint:0:${EVM_RECEIVER}`])
  })

  it('a signer that never answers holds a patient relayer for ever; ours waits for each so long and no longer', async () => {
    const model = relayerModel()
    await model.lock(5n)
    const honest = signerFetch(model.signers)
    const tarpit = ((input: URL, init?: RequestInit) =>
      String(input).startsWith(model.signers[0]!.url)
        ? new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
        : honest(input)) as typeof fetch
    // Naive: no limit of time, so nothing at all comes of two good answers.
    const forever = tarpit(new URL(`${model.signers[0]!.url}/payloads/lock/0`)).then(() => 'answered')
    expect(await Promise.race([forever, new Promise((done) => setImmediate(() => done('still waiting')))])).to.equal(
      'still waiting',
    )
    const options = { ...collectFrom(model.signers, model.active), fetch: tarpit, timeoutMs: 30 }
    const collected = await collectSignatures('lock', '0', options)
    expect(collected.signatures).to.have.length(2)
    expect(collected.refused).to.deep.equal([{ url: model.signers[0]!.url, why: 'unreachable' }])
  })

  it('gas that costs a thousand times as much for an hour empties a relayer without a cap; ours waits, and loses no transfer', async () => {
    const attack = async (options: ModelOptions): Promise<{ model: Model; spentWei: bigint }> => {
      const model = relayerModel(options)
      await model.lock(5n)
      model.world.baseFee = 10_000n * GWEI
      const { relayer } = model.start()
      await relayer.tick()
      await model.mine()
      const spentWei = model.seen.reduce(
        (sum, { tx }) => sum + (tx.gas ?? 0n) * (model.world.baseFee + (tx.maxPriorityFeePerGas ?? 0n)),
        0n,
      )
      return { model, spentWei }
    }
    const naive = await attack({ feeCapWei: 10n ** 30n })
    expect(naive.spentWei > 10n ** 18n, `${naive.spentWei} wei for one transfer`).to.equal(true)
    const { model, spentWei } = await attack({})
    expect(spentWei).to.equal(0n)
    model.world.baseFee = GWEI
    model.world.now += 3_600_000
    await honestly(model)
    expect(paidTo(model, EVM_RECEIVER)).to.equal(1)
  })

  it('a spike after submission makes no replacement dearer than the cap', async () => {
    const model = relayerModel({ stuckMs: 1_000, feeCapWei: 20n * GWEI })
    await model.lock(5n)
    const { relayer } = model.start()
    model.world.leastFee = 19n * GWEI
    for (let i = 0; i < 40; i++) {
      await relayer.tick()
      model.world.now += 2_000
      model.world.baseFee = 500n * GWEI
    }
    for (const { tx } of model.seen) expect(tx.maxFeePerGas! <= 20n * GWEI).to.equal(true)
    model.world.baseFee = GWEI
    model.world.leastFee = 0n
    await model.mine()
    await relayer.tick()
    expect(model.world.paid).to.have.length(1)
  })

  it('a signer that offers an anchor which nobody else signed is on EVM where one word is enough; ours asks k', async () => {
    const anchor = { epoch: '1', size: String(2n ** 60n), root: 'aa'.repeat(32), tainted: 'bb'.repeat(32) }
    const attack = async (options: ModelOptions): Promise<Model> => {
      const model = relayerModel(options)
      await model.signers[0]!.signs('anchor', anchor)
      await honestly(model, 4)
      return model
    }
    expect((await attack({ k: 1 })).world.anchored).to.equal(2n ** 60n)
    const model = await attack({})
    expect(model.world.anchored).to.equal(0n)
    expect(model.seen).to.deep.equal([])
  })
})

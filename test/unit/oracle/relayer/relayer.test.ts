/** The relayer over chains that forget, lose answers and grow dear, and across its own deaths. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { RelayerJournalError } from '../../../../oracle/relayer/errors.ts'
import { firstFees, replacementFees } from '../../../../oracle/relayer/fees.ts'
import { openRelayerJournal } from '../../../../oracle/relayer/journal.ts'
import { relayerMetrics } from '../../../../oracle/relayer/metrics.ts'
import { queueAge } from '../../../../oracle/relayer/relayer.ts'
import { deathAt, relayerModel } from '../../../fixtures/relayerModel.ts'

const GWEI = 10n ** 9n
type Model = ReturnType<typeof relayerModel>

/** Rounds of relayer and chain until nothing is open, or `most` are over. */
async function settle(model: Model, { relayer, journal }: ReturnType<Model['start']>, most = 40): Promise<void> {
  for (let round = 0; round < most; round++) {
    await relayer.tick()
    await model.mine()
    model.world.now += 2_000
    if (round > 2 && journal.open().length === 0) return
  }
}

describe('the relayer', () => {
  it('carries transfers both ways, links and anchors, each once', async () => {
    const model = relayerModel()
    for (let i = 0; i < 5; i++) await model.lock(BigInt(i + 1))
    for (let i = 0; i < 3; i++) await model.burn(BigInt(i + 1))
    model.world.links.push({ nonce: 0n, account: 'w.near', evm: `0x${'cd'.repeat(20)}` })
    for (const each of model.signers) {
      await each.signs('link', { nonce: '0', epoch: '1', account: 'w.near', evm: 'cd'.repeat(20) })
      await each.signs('anchor', { epoch: '1', size: '4', root: 'aa'.repeat(32), tainted: 'bb'.repeat(32) })
      await each.signs('anchor', { epoch: '1', size: '9', root: 'aa'.repeat(32), tainted: 'bb'.repeat(32) })
    }
    const run = model.start()
    await settle(model, run)
    expect(model.world.paid).to.have.length(8)
    expect(new Set(model.world.paid).size).to.equal(8)
    expect(model.world.anchored).to.equal(9n)
    expect(model.world.linked.get('w.near')).to.equal(0n)
    expect(run.journal.open()).to.deep.equal([])
    // Side by side, and yet no two transactions with one number.
    const numbers = new Map(model.seen.map(({ hash, nonce }) => [hash, nonce]))
    expect(new Set(numbers.values()).size).to.equal(numbers.size)
  })

  it('waits for signers without spending gas, and says for whom', async () => {
    const model = relayerModel()
    const payload = await model.lock(5n, [])
    const run = model.start()
    await model.signers[0]!.signs('lock', payload)
    await settle(model, run, 5)
    expect(model.seen).to.deep.equal([])
    expect(run.journal.open()[0]!.note).to.equal('1 of 2 needed signers have signed, of 3')
    await model.signers[1]!.signs('lock', payload)
    await settle(model, run)
    expect(model.world.paid).to.have.length(1)
  })

  it('pays a delayed transfer when the guardian’s time is over, and not before', async () => {
    const model = relayerModel()
    model.world.evmLarge = 100n
    await model.lock(100n)
    const run = model.start()
    await settle(model, run, 6)
    expect(run.journal.open()[0]!.state).to.equal('delayed')
    expect(queueAge(run.journal.open(), model.world.now)).to.equal(0)
    model.world.now += 3_600_000
    await settle(model, run)
    expect(model.world.paid).to.have.length(1)
  })

  it('shows a transaction again that the node forgot', async () => {
    const model = relayerModel()
    await model.lock(5n)
    const run = model.start()
    model.world.forgets = true
    await run.relayer.tick()
    model.world.forgets = false
    await settle(model, run)
    expect(model.world.paid).to.have.length(1)
    expect(new Set(model.seen.map(({ nonce }) => nonce)).size).to.equal(1)
  })

  it('does not send another when only the answer was lost', async () => {
    const model = relayerModel()
    await model.lock(5n)
    const run = model.start()
    model.world.losesAnswers = true
    await run.relayer.tick()
    model.world.losesAnswers = false
    await settle(model, run)
    expect(model.world.paid).to.have.length(1)
    expect(new Set(model.seen.map(({ hash }) => hash)).size).to.equal(1)
  })

  it('replaces a stuck transaction under its own number, 12.5 % dearer, within the cap', async () => {
    const model = relayerModel({ stuckMs: 10_000 })
    await model.lock(5n)
    const run = model.start()
    model.world.leastFee = 4n * GWEI
    await run.relayer.tick()
    for (let i = 0; i < 12; i++) {
      model.world.now += 11_000
      await run.relayer.tick()
      await model.mine()
    }
    await settle(model, run)
    expect(model.world.paid).to.have.length(1)
    const fees = [...new Set(model.seen.map(({ tx }) => tx.maxFeePerGas!))]
    expect(fees.length).to.be.greaterThan(1)
    for (let i = 1; i < fees.length; i++) expect(fees[i]! * 1000n >= fees[i - 1]! * 1125n).to.equal(true)
  })

  it('works from one journal alone: a second relayer on it is refused', () => {
    const dir = mkdtempSync(join(tmpdir(), 'blyan-relayer-'))
    try {
      const first = openRelayerJournal(join(dir, 'relayer.db'))
      expect(() => openRelayerJournal(join(dir, 'relayer.db'))).to.throw(RelayerJournalError)
      first.close()
      openRelayerJournal(join(dir, 'relayer.db')).close()
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })

  for (const after of [false, true]) {
    it(`loses and doubles nothing when it dies ${after ? 'after' : 'before'} any write or transaction, first to fifth as far as there are so many`, async () => {
      let deaths = 0
      for (const method of ['saveTx', 'sendRaw', 'update', 'submit', 'settled']) {
        for (let nth = 1; nth <= 5; nth++) {
          const model = relayerModel()
          const journal = openRelayerJournal(':memory:')
          for (let i = 0; i < 2; i++) await model.lock(BigInt(i + 1))
          for (let i = 0; i < 2; i++) await model.burn(BigInt(i + 1))
          const death = deathAt(method, nth, after)
          const first = model.start(journal, { death })
          for (let round = 0; round < 4 && !death.isOver(); round++) {
            await Promise.race([first.relayer.tick().catch(() => undefined), death.came])
            await model.mine()
            model.world.now += 2_000
          }
          if (death.isOver()) deaths += 1
          await settle(model, model.start(journal))
          const got = model.world.paid.map((each) => each.split(':').slice(0, 2).join(':')).sort()
          expect(got, `${method}, ${nth}`).to.deep.equal(['mint:0', 'mint:1', 'unlock:0', 'unlock:1'])
        }
      }
      expect(deaths).to.be.at.least(15)
    }).timeout(20_000)
  }

  it('tells Prometheus what the alerts ask for', async () => {
    const model = relayerModel()
    await model.lock(5n, [])
    const { relayer } = model.start()
    await relayer.tick()
    model.world.now += 90_000
    const text = await relayerMetrics(relayer, () => model.world.now, 0).metrics()
    expect(text).to.match(/blyan_bridge_queue_age_seconds 90/)
    expect(text).to.match(/blyan_bridge_locked_atto 5/)
    expect(text).to.match(/blyan_bridge_minted_atto 0/)
    expect(text.match(/blyan_signer_last_seen_seconds\{address="0x[0-9a-f]{40}"\}/g)).to.have.length(3)
  })
})

describe('fees', () => {
  const wei = fc.bigInt(0n, 10n ** 13n)
  it('never pass the cap, and always beat the last offer by 12.5 %', () => {
    fc.assert(
      fc.property(wei, wei, fc.bigInt(1n, 10n ** 13n), (baseFeePerGas, priorityFeePerGas, cap) => {
        let fees = firstFees({ baseFeePerGas, priorityFeePerGas }, cap)
        for (let i = 0; fees !== null && i < 50; i++) {
          expect(fees.maxFeePerGas <= cap && fees.maxPriorityFeePerGas <= fees.maxFeePerGas).to.equal(true)
          const next = replacementFees(fees, { baseFeePerGas, priorityFeePerGas }, cap)
          if (next === null) return
          for (const name of ['maxFeePerGas', 'maxPriorityFeePerGas'] as const) {
            expect(next[name] > fees[name] && next[name] * 1000n >= fees[name] * 1125n).to.equal(true)
          }
          fees = next
        }
      }),
    )
  })
})

/** The gas counter's arithmetic, and how gas that is left is shared by weight. */
import { expect } from 'chai'
import { paramsAt } from '../../../../chain/lib/params.gen.ts'
import { GasCounter } from '../../../../chain/vm/gas.ts'
import { distributeGas } from '../../../../chain/vm/gasWeights.ts'
import type { VMOutcome } from '../../../../chain/vm/types.ts'

const PETA = 10n ** 15n
const counter = (prepaid: bigint, isView = false) => new GasCounter(paramsAt(), prepaid, isView)

describe('GasCounter', () => {
  it('counts what is burnt and what promises hold', () => {
    const gas = counter(100n)
    gas.burn(30n)
    gas.deduct(5n, 25n)
    expect([gas.burnt, gas.promises, gas.used, gas.remaining]).to.deep.equal([35n, 20n, 55n, 45n])
  })

  it('lets nobody burn what promises hold', () => {
    const gas = counter(100n)
    gas.prepay(60n)
    gas.burn(40n)
    expect(() => gas.burn(1n)).to.throw('Exceeded the prepaid gas.')
    // nearcore clamps to the prepaid gas alone: what promises held is burnt into.
    expect([gas.burnt, gas.promises]).to.deep.equal([41n, 59n])
  })

  it('clamps a failing charge to the prepaid gas', () => {
    const gas = counter(100n)
    expect(() => gas.burn(500n)).to.throw('Exceeded the prepaid gas.')
    expect([gas.burnt, gas.promises]).to.deep.equal([100n, 0n])
  })

  it('names the limit of one call when the charge crosses both', () => {
    const gas = counter(2n * PETA)
    expect(() => gas.burn(PETA + 1n)).to.throw('Exceeded the maximum amount of gas')
    expect(gas.burnt).to.equal(PETA)
  })

  it('burns nothing where a multiple does not fit into 64 bits', () => {
    const gas = counter(PETA)
    expect(() => gas.pay('sha256_byte', 2n ** 63n)).to.throw('Integer overflow.')
    expect(gas.burnt).to.equal(0n)
  })

  it('does not fail a second time when it is brought up to date after a failed action fee', () => {
    const gas = counter(100n)
    gas.prepay(60n)
    expect(() => gas.deduct(30n, 80n)).to.throw('Exceeded the prepaid gas.')
    gas.sync(gas.remaining)
    expect(gas.burnt).to.equal(30n)
  })

  it('gives a view the limit of views, whatever was prepaid', () => {
    const gas = counter(0n, true)
    expect(gas.remaining).to.equal(PETA)
  })

  it('profiles by cost name, and leaves instructions as the rest', () => {
    const gas = counter(PETA)
    gas.burn(7n)
    gas.pay('base', 2)
    gas.payAction('action_transfer', 3n, 9n)
    expect(gas.profile).to.deep.equal({ base: 529_536_222n, action_transfer: 3n })
    expect(gas.wasm).to.equal(7n)
  })
})

describe('distributeGas', () => {
  const outcomeWith = (weights: bigint[], usedGas: bigint): VMOutcome => ({
    burntGas: usedGas,
    usedGas,
    logs: [],
    return: { kind: 'none' },
    balance: 0n,
    storageUsage: 0n,
    receipts: weights.map((gasWeight) => ({
      receiverId: 'x.near',
      dependencies: [],
      actions: [{ kind: 'functionCall', methodName: 'm', args: new Uint8Array(), deposit: 0n, gas: 10n, gasWeight }],
    })),
    error: null,
    profile: { wasm: 0n, host: {} },
  })
  const gasOf = ({ receipts }: VMOutcome) =>
    receipts.map(({ actions: [action] }) => (action!.kind === 'functionCall' ? action!.gas : 0n))

  it('shares by weight, rounded down, and gives the last one the rest', () => {
    const outcome = outcomeWith([1n, 0n, 2n, 4n], 0n)
    distributeGas(outcome, 100n)
    expect(gasOf(outcome)).to.deep.equal([24n, 10n, 38n, 68n]) // 14, 0, 28 and 57 + 1
    expect(outcome.usedGas).to.equal(100n)
  })

  it('leaves the gas unused where nobody has a weight', () => {
    const outcome = outcomeWith([0n], 40n)
    distributeGas(outcome, 100n)
    expect([gasOf(outcome), outcome.usedGas]).to.deep.equal([[10n], 40n])
  })
})

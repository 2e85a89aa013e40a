/** Counts gas as nearcore's GasCounter does: what is burnt, what promises hold, and which limit was crossed. */
import type { ExtCostName, FeeName, ProtocolParams } from '../lib/params.gen.ts'
import { hostError } from './errors.ts'

const U64_MAX = 2n ** 64n - 1n
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** All amounts in gas units. */
export class GasCounter {
  readonly #params: ProtocolParams
  readonly prepaid: bigint
  readonly maxBurnt: bigint
  readonly #isView: boolean
  #limit: bigint
  burnt = 0n
  /** Held by promises: reserved, not burnt. */
  promises = 0n
  /** Gas by cost or fee name, without the instructions. */
  readonly profile: Record<string, bigint> = {}

  /** In a view the prepaid gas does not count, only the limit. */
  constructor(params: ProtocolParams, prepaid: bigint, isView: boolean) {
    const { max_gas_burnt, max_gas_burnt_view } = params.limits
    this.#params = params
    this.#isView = isView
    this.maxBurnt = isView ? max_gas_burnt_view : max_gas_burnt
    this.prepaid = isView ? this.maxBurnt : prepaid
    this.#limit = min(this.maxBurnt, this.prepaid)
  }

  get used(): bigint {
    return this.burnt + this.promises
  }

  get remaining(): bigint {
    return this.prepaid > this.used ? this.prepaid - this.used : 0n
  }

  /** Gas that instructions burnt: all that no host cost names. */
  get wasm(): bigint {
    return this.burnt - Object.values(this.profile).reduce((sum, gas) => sum + gas, 0n)
  }

  /** A host cost, `count` times. @throws HostError IntegerOverflow without burning, GasExceeded, GasLimitExceeded */
  pay(cost: ExtCostName, count: bigint | number = 1n): void {
    const amount = this.#params.extCosts[cost] * BigInt(count)
    if (amount > U64_MAX) throw hostError('IntegerOverflow')
    const before = this.burnt
    try {
      this.burn(amount)
    } finally {
      this.#record(cost, this.burnt - before)
    }
  }

  burn(amount: bigint): void {
    const burnt = this.burnt + amount
    if (burnt > U64_MAX) throw hostError('IntegerOverflow')
    if (burnt <= this.#limit) this.burnt = burnt
    else throw this.#exceed(burnt, BigInt.asUintN(64, burnt + this.promises))
  }

  /** An action's fee: `sent` is burnt now, `executed` reserved for the receipt. */
  payAction(fee: FeeName, sent: bigint, executed: bigint): void {
    if (sent + executed > U64_MAX) throw hostError('IntegerOverflow')
    const before = this.burnt
    try {
      this.deduct(sent, sent + executed)
    } finally {
      this.#record(fee, this.burnt - before)
    }
  }

  /** Gas attached to a call that the contract makes. */
  prepay(gas: bigint): void {
    this.deduct(0n, gas)
  }

  /** @param burn of which @param use is the total: the rest is held for promises */
  deduct(burn: bigint, use: bigint): void {
    const promises = this.promises + (use - burn)
    const burnt = this.burnt + burn
    const used = burnt + promises
    if (promises > U64_MAX || burnt > U64_MAX || used > U64_MAX) throw hostError('IntegerOverflow')
    if (burnt > this.maxBurnt || used > this.prepaid) throw this.#exceed(burnt, used)
    if (use !== burn && !this.#isView) this.#limit = min(this.maxBurnt, this.prepaid - promises)
    this.burnt = burnt
    this.promises = promises
  }

  /** Takes in what the instrumented code has counted down to; below zero, it ran out by that much.
   *  Only a positive difference is burnt: after a failed action fee, burning nothing would fail a second time. */
  sync(left: bigint): void {
    const difference = this.remaining - left
    if (difference > 0n) this.burn(difference)
  }

  #exceed(burnt: bigint, used: bigint) {
    this.burnt = min(burnt, min(this.prepaid, this.maxBurnt))
    const held = min(this.prepaid, used) - this.burnt
    this.promises = held > 0n ? held : 0n
    return hostError(burnt > this.maxBurnt ? 'GasLimitExceeded' : 'GasExceeded')
  }

  #record(name: string, gas: bigint): void {
    if (gas > 0n) this.profile[name] = (this.profile[name] ?? 0n) + gas
  }
}

/** What host functions work on: one call's context, counters, and everything that the contract asks for. */
import { isValidAccountId } from '../../lib/accountId.ts'
import type { FeeName, ProtocolParams } from '../../lib/params.gen.ts'
import { type HostErrorVariant, hostError } from '../errors.ts'
import { GasCounter } from '../gas.ts'
import { GuestMemory } from '../memory.ts'
import { Registers } from '../registers.ts'
import { StorageSession } from '../storage.ts'
import type { VMContext, VMReceipt, VMReturn, VMStorage, VMYieldResume } from '../types.ts'

/** A length that says: the pointer is a register, or for texts: read up to the zero byte. */
export const U64_MAX = 2n ** 64n - 1n

/** One receipt, or several that a later one waits for together. */
export type HostPromise = { receipt: number } | { joint: number[] }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class HostCall {
  readonly context: VMContext
  readonly params: ProtocolParams
  readonly gas: GasCounter
  readonly registers: Registers
  readonly memory = new GuestMemory()
  readonly storage: StorageSession
  readonly codeHash: string

  readonly logs: string[] = []
  /** Bytes of all logs. */
  logLength = 0n
  returned: VMReturn = { kind: 'none' }
  /** yoctoNEAR. */
  balance: bigint
  /** yoctoNEAR that one-yocto calls took although the balance was empty. */
  subsidized = 0n
  storageUsage: bigint
  readonly receipts: VMReceipt[] = []
  readonly promises: HostPromise[] = []
  readonly resumes: VMYieldResume[] = []

  constructor(context: VMContext, storage: VMStorage, params: ProtocolParams, codeHash: string) {
    this.context = context
    this.params = params
    this.codeHash = codeHash
    this.gas = new GasCounter(params, context.prepaidGas, context.isView)
    this.registers = new Registers(params)
    this.storage = new StorageSession(storage)
    this.balance = context.accountBalance
    this.storageUsage = context.storageUsage
  }

  fail(variant: HostErrorVariant, fields?: Record<string, bigint | number | string>): never {
    throw hostError(variant, fields)
  }

  /** Refuses what a view must not do. Called after `base` is paid. */
  denyInView(method_name: string): void {
    if (this.context.isView) this.fail('ProhibitedInView', { method_name })
  }

  /** Guest memory, or the register `pointer` when the length is u64::MAX. Not to be changed by the caller. */
  bytes(length: bigint, pointer: bigint): Uint8Array {
    if (length === U64_MAX) return this.registers.read(this.gas, pointer)
    return this.memory.read(this.gas, pointer, length)
  }

  /** @throws HostError BadUTF8, InvalidAccountId */
  accountId(length: bigint, pointer: bigint): string {
    const bytes = this.bytes(length, pointer)
    this.gas.pay('utf8_decoding_base')
    this.gas.pay('utf8_decoding_byte', bytes.length)
    const id = this.decode(bytes)
    return isValidAccountId(id) ? id : this.fail('InvalidAccountId')
  }

  decode(bytes: Uint8Array): string {
    try {
      return utf8.decode(bytes)
    } catch {
      return this.fail('BadUTF8')
    }
  }

  setRegister(register: bigint, value: Uint8Array): void {
    this.registers.write(this.gas, register, value)
  }

  /** Pays an action's fee, `count` times: the send part is burnt, the execution part reserved. */
  payAction(name: FeeName, toSelf: boolean, count: bigint | number = 1n): void {
    const { send_sir, send_not_sir, execution } = this.params.fees[name]
    const n = BigInt(count)
    this.gas.payAction(name, (toSelf ? send_sir : send_not_sir) * n, execution * n)
  }

  /** Takes a deposit from the balance. @throws HostError BalanceExceeded */
  deduct(yocto: bigint): void {
    if (yocto > this.balance) this.fail('BalanceExceeded')
    this.balance -= yocto
  }

  /** As `deduct`, but one yocto is given when the balance is empty: signing for a call must not need funds. */
  deductForCall(yocto: bigint): void {
    if (this.params.flags.one_yocto_on_promise && yocto === 1n && this.balance === 0n) this.subsidized += 1n
    else this.deduct(yocto)
  }
}

/** Calls out of a contract, for entry points only: rules say what is to happen, these few lines do it on NEAR. */
import { near } from 'near-sdk-js'
import type { Transfer } from './storageManagement.ts'

/** The SDK's raw host functions; only they tell a register's length before it is copied. */
declare const env: {
  promise_result(index: bigint, register: bigint): bigint
  register_len(register: bigint): bigint
  read_register(register: bigint): Uint8Array
}

const SUCCESSFUL = 1n

export interface OutgoingCall {
  receiver: string
  method: string
  args: object
  /** yoctoNEAR. */
  deposit?: bigint
  /** Gas units that the call gets for certain. */
  gas: bigint
  /** Share of all gas that is left when this call ends; 0 unless told. */
  weight?: bigint
}

/** Schedules a call. @returns the promise's index */
export function schedule(call: OutgoingCall): bigint {
  return attach(near.promiseBatchCreate(call.receiver), call)
}

/** Schedules a call of this contract once the promise is done, successful or not. @returns the new promise's index */
export function scheduleCallback(after: bigint, call: Omit<OutgoingCall, 'receiver'>): bigint {
  const receiver = near.currentAccountId()
  return attach(near.promiseBatchThen(after as never, receiver), { ...call, receiver })
}

/** Makes the promise's result the result of this call. */
export function returnPromise(promise: bigint): void {
  near.promiseReturn(promise as never)
}

/** Sends NEAR; nobody waits for it. */
export function sendTransfers(transfers: readonly Transfer[]): void {
  for (const { receiver, yocto } of transfers) near.promiseBatchActionTransfer(near.promiseBatchCreate(receiver), yocto)
}

/** Whether the call before this callback succeeded. */
export function promiseSucceeded(index = 0n): boolean {
  return env.promise_result(index, 0n) === SUCCESSFUL
}

/**
 * What the call before this callback returned, when it is ASCII of at most `maxBytes`; null when it failed or is anything
 * else. The length is read first: a huge reply never enters the contract's memory.
 */
export function promiseReply(maxBytes: number, index = 0n): string | null {
  if (!promiseSucceeded(index) || env.register_len(0n) > BigInt(maxBytes)) return null
  const bytes = env.read_register(0n)
  let text = ''
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] > 0x7f) return null
    text += String.fromCharCode(bytes[i])
  }
  return text
}

function attach(promise: unknown, { method, args, deposit = 0n, gas, weight = 0n }: OutgoingCall): bigint {
  const text = JSON.stringify(args)
  near.promiseBatchActionFunctionCallWeight(promise as never, method, text, deposit, gas, weight)
  return promise as bigint
}

/** Logs, panics, return values and the legacy gas import. Source: nearcore logic.rs. */
import { utf8ToBytes } from '../../lib/bytes.ts'
import { type HostCall, U64_MAX } from './call.ts'
import { define, type HostFamily } from './define.ts'

export const log: HostFamily = {
  value_return: define('II', (call, length: bigint, pointer: bigint) => {
    call.gas.pay('base')
    const value = call.bytes(length, pointer)
    const limit = call.params.limits.max_length_returned_data
    if (BigInt(value.length) > limit) call.fail('ReturnedValueLengthExceeded', { length: value.length, limit })
    payForReceivers(call, value.length)
    call.returned = { kind: 'value', value: value.slice() }
  }),

  panic: define('', (call) => {
    call.gas.pay('base')
    call.fail('GuestPanic', { panic_msg: 'explicit guest panic' })
  }),

  panic_utf8: define('II', (call, length: bigint, pointer: bigint) => {
    call.gas.pay('base')
    call.fail('GuestPanic', { panic_msg: readUtf8(call, length, pointer) })
  }),

  log_utf8: define('II', (call, length: bigint, pointer: bigint) => {
    call.gas.pay('base')
    requireRoom(call)
    const text = readUtf8(call, length, pointer)
    call.gas.pay('log_base')
    call.gas.pay('log_byte', utf8Length(text))
    push(call, text)
  }),

  log_utf16: define('II', (call, length: bigint, pointer: bigint) => {
    call.gas.pay('base')
    requireRoom(call)
    const text = readUtf16(call, length, pointer)
    call.gas.pay('log_base')
    call.gas.pay('log_byte', utf8Length(text))
    push(call, text)
  }),

  /** AssemblyScript's abort: strings carry their length in the four bytes before them. */
  abort: define('iiii', (call, message: bigint, file: bigint, line: bigint, column: bigint) => {
    call.gas.pay('base')
    if (message < 4n || file < 4n) call.fail('BadUTF16')
    requireRoom(call)
    const messageLength = readU32(call, message - 4n)
    const fileLength = readU32(call, file - 4n)
    const text = readUtf16(call, messageLength, message)
    const name = readUtf16(call, fileLength, file)
    const panic = `${text}, filename: "${name}" line: ${line} col: ${column}`
    call.gas.pay('log_base')
    call.gas.pay('log_byte', utf8Length(panic))
    push(call, `ABORT: ${panic}`)
    call.fail('GuestPanic', { panic_msg: panic })
  }),

  /** Left from contracts that counted their own instructions. */
  gas: define('i', (call, opcodes: bigint) => {
    call.gas.burn(opcodes * call.params.wasm.regular_op_cost)
  }),
}

/** Whoever waits for the result has its bytes sent: all of it burnt here. */
function payForReceivers(call: HostCall, length: number): void {
  const { send_sir, send_not_sir, execution } = call.params.fees.data_receipt_creation_per_byte
  for (const receiver of call.context.outputDataReceivers) {
    const send = receiver === call.context.currentAccountId ? send_sir : send_not_sir
    call.gas.payAction('data_receipt_creation_per_byte', (send + execution) * BigInt(length), 0n)
  }
}

const utf8Length = (text: string): number => utf8ToBytes(text).length

function requireRoom(call: HostCall): void {
  const limit = call.params.limits.max_number_logs
  if (BigInt(call.logs.length) >= limit) call.fail('NumberOfLogsExceeded', { limit })
}

function tooLong(call: HostCall, length: bigint): never {
  return call.fail('TotalLogLengthExceeded', { length, limit: call.params.limits.max_total_log_length })
}

function push(call: HostCall, text: string): void {
  const length = BigInt(utf8Length(text))
  call.logLength += length
  // nearcore counts the new log twice in what it reports here.
  if (call.logLength > call.params.limits.max_total_log_length) tooLong(call, call.logLength + length)
  call.logs.push(text)
}

/** Log bytes that are left. */
function room(call: HostCall): bigint {
  const left = call.params.limits.max_total_log_length - call.logLength
  return left > 0n ? left : 0n
}

function readUtf8(call: HostCall, length: bigint, pointer: bigint): string {
  call.gas.pay('utf8_decoding_base')
  const most = room(call)
  let bytes: Uint8Array
  if (length !== U64_MAX) {
    if (length > most) tooLong(call, call.logLength + length)
    bytes = call.memory.read(call.gas, pointer, length)
  } else {
    const found: number[] = []
    for (let at = pointer; ; at++) {
      const byte = call.memory.read(call.gas, at, 1n)[0]!
      if (byte === 0) break
      if (BigInt(found.length) === most) tooLong(call, call.logLength + most + 1n)
      found.push(byte)
    }
    bytes = Uint8Array.from(found)
  }
  call.gas.pay('utf8_decoding_byte', bytes.length)
  return call.decode(bytes)
}

function readUtf16(call: HostCall, length: bigint, pointer: bigint): string {
  call.gas.pay('utf16_decoding_base')
  const most = room(call)
  let bytes: Uint8Array
  if (length !== U64_MAX) {
    bytes = call.memory.read(call.gas, pointer, length)
    if (length % 2n === 1n) call.fail('BadUTF16')
    if (length > most) tooLong(call, call.logLength + length)
  } else {
    let count = 0n
    for (let at = pointer; ; at += 2n) {
      const unit = call.memory.read(call.gas, at, 2n)
      if (unit[0] === 0 && unit[1] === 0) break
      count += 2n
      if (count > most) tooLong(call, call.logLength + count)
    }
    bytes = call.memory.readFree(pointer, count)
  }
  call.gas.pay('utf16_decoding_byte', bytes.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) text += String.fromCharCode(view.getUint16(at, true))
  return text.isWellFormed() ? text : call.fail('BadUTF16')
}

function readU32(call: HostCall, pointer: bigint): bigint {
  const bytes = call.memory.read(call.gas, pointer, 4n)
  return BigInt(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true))
}

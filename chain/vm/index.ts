/** NEAR's virtual machine on Node's WebAssembly. */

export type { InstructionFees } from './prepare/charges.ts'
export { type InstrumentOptions, instrument, nearFees } from './prepare/instrument.ts'
export { executeContract, runContract } from './run.ts'
export type * from './types.ts'
export { decodeModule } from './wasm/decode.ts'
export { WasmFormatError } from './wasm/reader.ts'

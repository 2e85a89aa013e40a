/** What a contract can do wrong, in nearcore's names and words. Source: nearcore near-vm-runner logic/errors.rs, conversions.rs. */
import type { VMFailure } from './types.ts'

/** A contract's fault inside a host function: thrown through the wasm frames, never out of the VM. */
export class HostError extends Error {
  /** nearcore's variant, e.g. `GasExceeded`. */
  readonly variant: string

  constructor(variant: string, text: string) {
    super(text)
    this.variant = variant
  }
}

type Value = bigint | number | string

/** Sentences by variant; `{name}` takes a field. */
const SENTENCES = {
  AltBn128InvalidInput: 'AltBn128 invalid input: {msg}',
  BLS12381InvalidInput: 'BLS12-381 invalid input: {msg}',
  BadUTF16: 'String encoding is bad UTF-16 sequence.',
  BadUTF8: 'String encoding is bad UTF-8 sequence.',
  BalanceExceeded: 'Exceeded the account balance.',
  CannotAppendActionToJointPromise: 'Actions can only be appended to non-joint promise.',
  CannotReturnJointPromise: 'Returning joint promise is currently prohibited.',
  CannotSetRefundToOnJointPromise: 'Cannot set refund_to on joint promise.',
  ContractCodeHashMalformed: 'contract code hash is malformed',
  ContractSizeExceeded: 'The size of a contract code in DeployContract action {size} exceeds the limit {limit}',
  DataIdMalformed: 'yield resumption token is malformed',
  Deprecated: 'Attempted to call deprecated host function {method_name}',
  ECRecoverError: 'ECDSA recover error: {msg}',
  Ed25519VerifyInvalidInput: 'ED25519 signature verification error: {msg}',
  EmptyMethodName: 'Tried to call an empty method name.',
  GasExceeded: 'Exceeded the prepaid gas.',
  GasLimitExceeded: 'Exceeded the maximum amount of gas allowed to burn per contract.',
  GuestPanic: 'Smart contract panicked: {panic_msg}',
  IntegerOverflow: 'Integer overflow.',
  InvalidAccountId: 'VM Logic returned an invalid account id',
  InvalidMethodName: 'VM Logic returned an invalid method name',
  InvalidPromiseIndex: '{promise_idx} does not correspond to existing promises',
  InvalidPromiseResultIndex: 'Accessed invalid promise result index: {result_idx}',
  InvalidPublicKey: 'VM Logic provided an invalid public key',
  InvalidRegisterId: 'Accessed invalid register id: {register_id}',
  KeyLengthExceeded: 'The length of a storage key {length} exceeds the limit {limit}',
  MemoryAccessViolation: 'Accessed memory outside the bounds.',
  NumberInputDataDependenciesExceeded:
    'The number of input data dependencies {number_of_input_data_dependencies} exceeds the limit {limit}',
  NumberOfLogsExceeded: 'The number of logs will exceed the limit {limit}',
  NumberPromisesExceeded: 'The number of promises within a FunctionCall {number_of_promises} exceeds the limit {limit}',
  P256VerifyInvalidInput: 'P256 signature verification error: {msg}',
  ProhibitedInView: '{method_name} is not allowed in view calls',
  ReturnedValueLengthExceeded: 'The length of a returned value {length} exceeds the limit {limit}',
  TotalLogLengthExceeded: 'The length of a log message {length} exceeds the limit {limit}',
  ValueLengthExceeded: 'The length of a storage value {length} exceeds the limit {limit}',
  YieldIdMalformed: 'yield id is malformed',
  YieldPayloadLength: 'Yield resume payload is {length} bytes which exceeds the {limit} byte limit',
  /** Ours: a host function that this VM does not have yet. */
  NotSupported: 'Host function {method_name} is not supported by the embedded chain yet',
} as const

export type HostErrorVariant = keyof typeof SENTENCES

/** The error of a variant with its fields. @example hostError('ProhibitedInView', { method_name: 'storage_write' }) */
export function hostError(variant: HostErrorVariant, fields: Record<string, Value> = {}): HostError {
  return new HostError(
    variant,
    SENTENCES[variant].replace(/\{(\w+)\}/g, (_, name: string) => String(fields[name])),
  )
}

export type WasmTrap =
  | 'Unreachable'
  | 'IncorrectCallIndirectSignature'
  | 'MemoryOutOfBounds'
  | 'IllegalArithmetic'
  | 'IndirectCallToNull'
  | 'StackOverflow'
  | 'GenericTrap'

const TRAPS: Record<WasmTrap, string> = {
  Unreachable: 'An `unreachable` opcode was executed.',
  IncorrectCallIndirectSignature: 'Call indirect incorrect signature trap.',
  MemoryOutOfBounds: 'Memory out of bounds trap.',
  IllegalArithmetic: 'An arithmetic exception, e.g. divided by zero.',
  IndirectCallToNull: 'Indirect call to null.',
  StackOverflow: 'Stack overflow.',
  GenericTrap: 'Generic trap.',
}

export type MethodResolveError = 'MethodEmptyName' | 'MethodNotFound' | 'MethodInvalidSignature'

/** nearcore's sentences; a variant that is missing here is shown by its name. */
const PREPARE: Record<string, string> = {
  Serialization: 'Error happened while serializing the module.',
  Deserialization: 'Error happened while deserializing the module.',
  Instantiate: 'Error happened during instantiation.',
  Memory: 'Error creating memory.',
  TooManyFunctions: 'Too many functions in contract.',
  TooManyLocals: 'Too many locals declared in the contract.',
  TooManyTables: 'Too many tables declared in the contract.',
  TooManyTableElements: 'Too many table elements declared in the contract.',
}

/** `kind` and `json` follow nearcore's conversions: the outcome on chain knows no HostError, it is an ExecutionError. */
export const failures = {
  host: (error: HostError): VMFailure => execution('HostError', error.message),
  trap: (trap: WasmTrap): VMFailure => execution('WasmTrap', `WebAssembly trap: ${TRAPS[trap]}`),
  link: (message: string): VMFailure => execution('LinkError', `Link Error: ${message}`),
  method: (error: MethodResolveError): VMFailure => ({
    kind: 'MethodResolveError',
    text: error,
    json: { MethodResolveError: error },
  }),
  prepare: (error: string): VMFailure => ({
    kind: 'CompilationError',
    text: `PrepareError: ${PREPARE[error] ?? error}`,
    json: { CompilationError: { PrepareError: error } },
  }),
  /** An engine that refuses what preparation let through; nearcore relabels its engine's name so. */
  compile: (message: string): VMFailure => ({
    kind: 'CompilationError',
    text: `Wasmtime compilation error: ${message}`,
    json: { CompilationError: { WasmerCompileError: { msg: message } } },
  }),
}

function execution(kind: VMFailure['kind'], text: string): VMFailure {
  return { kind, text, json: { ExecutionError: text } }
}

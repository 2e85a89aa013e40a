/** What can go wrong between a contract's TypeScript and its wasm. `data.at` is `file:line:column` where a place is known. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** No folder of that name holds a contract.ts. */
export class ContractNotFoundError extends BlyanError {
  static override readonly code: string = 'TOOLCHAIN_CONTRACT_NOT_FOUND'
  static override readonly fault: Fault = 'user'
}

/** npm could not install the toolchain's packages. */
export class ToolchainInstallError extends BlyanError {
  static override readonly code: string = 'TOOLCHAIN_INSTALL_FAILED'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** Another build holds the lock and did not let go in time. */
export class BuildLockedError extends BlyanError {
  static override readonly code: string = 'TOOLCHAIN_BUSY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The TypeScript does not parse, or imports what is not there. */
export class ContractSyntaxError extends BlyanError {
  static override readonly code: string = 'TOOLCHAIN_SYNTAX'
  static override readonly fault: Fault = 'user'
}

/** A module's top level threw, or asked the chain for something before any call. */
export class ContractStartError extends BlyanError {
  static override readonly code: string = 'TOOLCHAIN_START_FAILED'
  static override readonly fault: Fault = 'user'
}

/** The contract's exports and its schema table name different methods. */
export class SchemaMismatchError extends BlyanError {
  static override readonly code: string = 'TOOLCHAIN_SCHEMA_MISMATCH'
  static override readonly fault: Fault = 'user'
}

/** The wasm breaks a rule of NEAR. */
export class WasmGateError extends BlyanError {
  static override readonly code: string = 'TOOLCHAIN_WASM_REFUSED'
  static override readonly fault: Fault = 'user'
}

/** clang, QuickJS or Binaryen failed on input that is the toolchain's own. */
export class ToolchainError extends BlyanError {
  static override readonly code: string = 'TOOLCHAIN_INTERNAL'
  static override readonly fault: Fault = 'internal'
}

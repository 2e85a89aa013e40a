/** The seam between the VM and the runtime: what a contract call is given, may ask for, and leaves behind. */

/** Result of a promise this receipt waited for, in the order of its input data ids. */
export type PromiseResult = { kind: 'successful'; value: Uint8Array } | { kind: 'failed' } | { kind: 'notReady' }

/** What one function call sees. Source: nearcore `VMContext`. */
export interface VMContext {
  currentAccountId: string
  signerAccountId: string
  /** Borsh: one curve byte, then the key. */
  signerAccountPk: Uint8Array
  predecessorAccountId: string
  refundToAccountId: string
  input: Uint8Array
  promiseResults: readonly PromiseResult[]
  blockHeight: bigint
  /** Nanoseconds since the Unix epoch. */
  blockTimestamp: bigint
  epochHeight: bigint
  /** yoctoNEAR, the attached deposit already added. */
  accountBalance: bigint
  accountLockedBalance: bigint
  storageUsage: bigint
  /** yoctoNEAR. */
  attachedDeposit: bigint
  /** Gas units. */
  prepaidGas: bigint
  randomSeed: Uint8Array
  isView: boolean
  outputDataReceivers: readonly string[]
  /** What `chain_id` answers; `localnet` without it. */
  chainId?: string
  /** What `current_contract_code` answers; the code that runs, deployed locally, without it. */
  contract?:
    | { kind: 'none' }
    | { kind: 'local' | 'global'; hash: Uint8Array }
    | { kind: 'globalByAccount'; accountId: string }
  /** Stakes of this epoch, yoctoNEAR; nobody stakes without it. */
  validators?: { stakeOf(accountId: string): bigint; totalStake: bigint }
  /** What this account has yielded; without it nothing can be yielded or resumed. */
  yields?: VMYields
}

/** Yielded promises of the current account, as the state holds them. */
export interface VMYields {
  /** The next data id of this receipt; one counter serves yields and dependencies. */
  nextDataId(): Uint8Array
  isPending(dataId: Uint8Array): boolean
  /** Data id of a yield that was given an id by its contract. */
  dataIdOf(yieldId: Uint8Array): Uint8Array | undefined
}

export interface VMYieldResume {
  dataId: Uint8Array
  payload: Uint8Array
}

/** An action as a contract asks for it; keys are borsh public keys. */
export type VMAction =
  | { kind: 'createAccount' }
  | { kind: 'deployContract'; code: Uint8Array }
  | {
      kind: 'functionCall'
      methodName: string
      args: Uint8Array
      /** yoctoNEAR. */
      deposit: bigint
      /** Gas units attached statically; the share by weight is added after the run. */
      gas: bigint
      gasWeight: bigint
    }
  | { kind: 'transfer'; deposit: bigint }
  | { kind: 'stake'; stake: bigint; publicKey: Uint8Array }
  | { kind: 'addFullAccessKey'; publicKey: Uint8Array; nonce: bigint }
  | {
      kind: 'addFunctionCallKey'
      publicKey: Uint8Array
      nonce: bigint
      /** null is unlimited. */
      allowance: bigint | null
      receiverId: string
      methodNames: string[]
    }
  | { kind: 'deleteKey'; publicKey: Uint8Array }
  | { kind: 'deleteAccount'; beneficiaryId: string }

/** A receipt that the call created. `dependencies` are indices into the same list whose results it waits for. */
export interface VMReceipt {
  receiverId: string
  dependencies: number[]
  actions: VMAction[]
  /** Whom refunds of this receipt go to; the predecessor without it. */
  refundTo?: string
  /** Set where the receipt waits for a resume with this data id. */
  yield?: { dataId: Uint8Array; yieldId?: Uint8Array }
}

/** Storage of the current account. `trieNodes` is how many nodes the look-up path holds (0 where none are charged). */
export interface VMStorage {
  get(key: Uint8Array): Uint8Array | undefined
  set(key: Uint8Array, value: Uint8Array): void
  remove(key: Uint8Array): void
  has(key: Uint8Array): boolean
  /** Nodes that a write or removal of this key touches; 0 in `flat` mode. */
  touchedNodes(key: Uint8Array): number
  /** False leaves out the charge by the byte for replaced and removed values, as nearcore's mock does. */
  chargesReplacedBytes?: boolean
}

export type VMReturn = { kind: 'none' } | { kind: 'value'; value: Uint8Array } | { kind: 'receipt'; index: number }

/** `kind` and `text` as nearcore prints them, e.g. `ExecutionError` and `Smart contract panicked: …`. */
export interface VMFailure {
  kind: 'CompilationError' | 'LinkError' | 'MethodResolveError' | 'WasmTrap' | 'HostError' | 'ExecutionError'
  text: string
  /** nearcore's `FunctionCallError` as JSON, ready for an ExecutionOutcome. */
  json: unknown
}

export interface VMOutcome {
  /** Gas units. */
  burntGas: bigint
  /** Gas units: burnt plus attached to promises. */
  usedGas: bigint
  logs: string[]
  return: VMReturn
  /** yoctoNEAR left after deposits attached to promises. */
  balance: bigint
  storageUsage: bigint
  receipts: VMReceipt[]
  error: VMFailure | null
  /** Yields of this account that the call resumed. */
  resumes?: VMYieldResume[]
  /** yoctoNEAR given to one-yocto calls from an empty balance: it is in the receipts, but came from no balance. */
  subsidized?: bigint
  /** Gas by cost name, for profiles. */
  profile: { wasm: bigint; host: Record<string, bigint> }
}

/** The VM's whole interface: synchronous, because NEAR's promises are receipts. Never throws for a contract's fault. */
export type RunContract = (
  code: Uint8Array,
  codeHash: string,
  methodName: string,
  context: VMContext,
  storage: VMStorage,
  protocolVersion: number,
) => VMOutcome

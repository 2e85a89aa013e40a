/** A contract written in TypeScript in place of wasm, charged as nearcore charges the receipts it creates. Code is the text that names it. */
import type { Action } from '../../../../chain/lib/action.ts'
import { bytesToUtf8, utf8ToBytes } from '../../../../chain/lib/bytes.ts'
import { publicKeyToBytes } from '../../../../chain/lib/key.ts'
import { TGAS } from '../../../../chain/lib/units.ts'
import { totalDeposit, totalExecFees, totalPrepaidGas, totalSendFees } from '../../../../chain/runtime/fees.ts'
import { runtimeParams } from '../../../../chain/runtime/params.ts'
import type { RunContract, VMAction, VMContext, VMReceipt, VMReturn, VMStorage } from '../../../../chain/vm/types.ts'

/** What every scripted call burns beside its receipts. */
export const SCRIPT_GAS = 2n * TGAS

export interface Script {
  readonly context: VMContext
  readonly storage: VMStorage
  readonly args: Record<string, never> & Record<string, unknown>
  read(key: string): string | null
  write(key: string, value: string): void
  log(line: string): void
  give(value: unknown): void
  /** Index of a new receipt, waiting for the given ones. */
  promise(receiverId: string, actions: Action[], after?: number[]): number
  /** The call's result is that receipt's. */
  giveReceipt(index: number): void
  results(): (string | null)[]
}

export type Methods = Record<string, (script: Script) => void>

export function scriptedContracts(contracts: Record<string, Methods>): RunContract {
  return (code, _codeHash, methodName, context, storage, protocolVersion) => {
    const params = runtimeParams(protocolVersion)
    const logs: string[] = []
    const receipts: VMReceipt[] = []
    let returned: VMReturn = { kind: 'none' }
    let burnt = SCRIPT_GAS
    let used = SCRIPT_GAS
    let balance = context.accountBalance
    let usage = context.storageUsage
    const recordBytes = (key: string, value: string | null) =>
      value === null ? 0n : BigInt(utf8ToBytes(key).length + utf8ToBytes(value).length + 40)
    const script: Script = {
      context,
      storage,
      args: parseArgs(context.input) as Script['args'],
      read: (key) => {
        const value = storage.get(utf8ToBytes(key))
        return value === undefined ? null : bytesToUtf8(value)
      },
      write: (key, value) => {
        usage += recordBytes(key, value) - recordBytes(key, script.read(key))
        storage.set(utf8ToBytes(key), utf8ToBytes(value))
      },
      log: (line) => logs.push(line),
      give: (value) => {
        returned = { kind: 'value', value: utf8ToBytes(JSON.stringify(value)) }
      },
      promise: (receiverId, actions, after = []) => {
        const sir = receiverId === context.currentAccountId
        const base = params.fees.action_receipt_creation
        const send = (sir ? base.sendSir : base.sendNotSir) + totalSendFees(sir, actions, receiverId, params)
        burnt += send
        used += send + base.exec + totalExecFees(actions, receiverId, params) + totalPrepaidGas(actions)
        balance -= totalDeposit(actions)
        receipts.push({ receiverId, dependencies: after, actions: actions.map(toVM) })
        return receipts.length - 1
      },
      giveReceipt: (index) => {
        returned = { kind: 'receipt', index }
      },
      results: () =>
        context.promiseResults.map((result) => (result.kind === 'successful' ? bytesToUtf8(result.value) : null)),
    }
    const fail = (text: string) => ({
      burntGas: burnt,
      usedGas: burnt,
      logs,
      return: { kind: 'none' as const },
      balance: context.accountBalance,
      storageUsage: context.storageUsage,
      receipts: [],
      error: { kind: 'ExecutionError' as const, text, json: { ExecutionError: text } },
      profile: { wasm: SCRIPT_GAS, host: {} },
    })
    const method = contracts[bytesToUtf8(code)]?.[methodName]
    if (method === undefined) {
      const error = { kind: 'MethodResolveError' as const, text: 'MethodResolveError(MethodNotFound)' }
      burnt = 0n
      return { ...fail(''), error: { ...error, json: { MethodResolveError: 'MethodNotFound' } } }
    }
    try {
      method(script)
    } catch (error) {
      return fail(`Smart contract panicked: ${(error as Error).message}`)
    }
    if (used > context.prepaidGas) return fail('Exceeded the prepaid gas.')
    if (balance < 0n) return fail('Exceeded the account balance.')
    return {
      burntGas: burnt,
      usedGas: used,
      logs,
      return: returned,
      balance,
      storageUsage: usage,
      receipts,
      error: null,
      profile: { wasm: SCRIPT_GAS, host: {} },
    }
  }
}

function parseArgs(input: Uint8Array): unknown {
  return input.length === 0 ? {} : JSON.parse(bytesToUtf8(input))
}

function toVM(action: Action): VMAction {
  switch (action.kind) {
    case 'functionCall':
      return { ...action, gasWeight: 0n }
    case 'addKey': {
      const publicKey = publicKeyToBytes(action.publicKey)
      const { permission } = action.accessKey
      return permission === null
        ? { kind: 'addFullAccessKey', publicKey, nonce: 0n }
        : { kind: 'addFunctionCallKey', publicKey, nonce: 0n, ...permission }
    }
    case 'createAccount':
    case 'transfer':
    case 'deployContract':
    case 'deleteAccount':
      return action
    default:
      throw new Error(`a scripted contract does not ask for ${action.kind}`)
  }
}

export const call = (methodName: string, args: object, { gas = 20n * TGAS, deposit = 0n } = {}): Action => ({
  kind: 'functionCall',
  methodName,
  args: utf8ToBytes(JSON.stringify(args)),
  gas,
  deposit,
})

/** FunctionCall: hands the contract to the VM and turns what it asked for into receipts. Source: nearcore function_call.rs. */
import type { Action } from '../../lib/action.ts'
import { bytesToLatin1 } from '../../lib/bytes.ts'
import { ZERO_HASH } from '../../lib/hash.ts'
import { publicKeyFromBytes, publicKeyToBytes } from '../../lib/key.ts'
import type { VMAction, VMContext, VMOutcome, VMReceipt, VMStorage } from '../../vm/types.ts'
import { type Account, codeKey, dataPrefix } from '../account.ts'
import { totalDeposit } from '../fees.ts'
import { type ActionReceipt, actionHash, dataIdOf, randomSeedOf } from '../receipt.ts'
import type { Overlay } from '../state.ts'
import { ActionFailure, existing, type ReceiptRun } from './context.ts'

type FunctionCall = Extract<Action, { kind: 'functionCall' }>

export function functionCall(run: ReceiptRun, action: FunctionCall, index: number): void {
  const { receipt, block, state } = run
  const account = existing(run)
  const contractId = receipt.receiverId
  const code = state.get(codeKey(contractId))
  if (code === undefined) {
    throw new ActionFailure({
      FunctionCallError: { CompilationError: { CodeDoesNotExist: { account_id: contractId } } },
    })
  }
  const hash = actionHash(receipt.receiptId, block.height, index)
  const context = contextOf(run, action, account, hash)
  const outcome = run.deps.runContract(
    code,
    account.codeHash,
    action.methodName,
    context,
    contractStorage(state, contractId),
    block.protocolVersion,
  )
  run.gasBurnt += outcome.burntGas
  run.gasBurntForCalls += outcome.burntGas
  run.gasUsed += outcome.usedGas
  run.logs.push(...outcome.logs)
  addProfile(run, outcome)
  if (outcome.error !== null) throw new ActionFailure({ FunctionCallError: outcome.error.json })

  account.amount = outcome.balance
  account.storageUsage = outcome.storageUsage
  const created = outcome.receipts.map((vm) => toReceipt(vm, receipt))
  linkDependencies(created, outcome.receipts, hash, block.height)
  const sent = created.reduce((sum, { actions }) => sum + totalDeposit(actions), 0n)
  run.subsidized += sent + outcome.balance - context.accountBalance
  const base = run.newReceipts.length
  run.newReceipts.push(...created)
  run.returned =
    outcome.return.kind === 'receipt' ? { kind: 'receipt', index: base + outcome.return.index } : outcome.return
}

function contextOf(run: ReceiptRun, action: FunctionCall, account: Account, hash: Uint8Array): VMContext {
  const { receipt, block } = run
  const last = receipt.actions[receipt.actions.length - 1] === action
  return {
    currentAccountId: receipt.receiverId,
    signerAccountId: receipt.signerId,
    signerAccountPk: publicKeyToBytes(receipt.signerPublicKey),
    predecessorAccountId: receipt.predecessorId,
    refundToAccountId: receipt.refundTo ?? receipt.predecessorId,
    input: action.args,
    promiseResults: run.promiseResults,
    blockHeight: block.height,
    blockTimestamp: block.timestampNs,
    epochHeight: block.epochHeight,
    accountBalance: account.amount + action.deposit,
    accountLockedBalance: account.locked,
    storageUsage: account.storageUsage,
    attachedDeposit: action.deposit,
    prepaidGas: action.gas,
    randomSeed: randomSeedOf(hash, block.randomValue),
    isView: false,
    chainId: block.chainId,
    // Only the last action's result goes out, so only it sees who waits.
    outputDataReceivers: last ? receipt.outputDataReceivers.map(({ receiverId }) => receiverId) : [],
  }
}

/** The contract's part of the state. Trie nodes are not counted yet: writes of new keys cost less gas than on nearcore. */
export function contractStorage(state: Overlay, contractId: string): VMStorage {
  const prefix = dataPrefix(contractId)
  const stateKey = (key: Uint8Array) => prefix + bytesToLatin1(key)
  return {
    get: (key) => state.get(stateKey(key)),
    set: (key, value) => state.set(stateKey(key), value),
    remove: (key) => state.remove(stateKey(key)),
    has: (key) => state.get(stateKey(key)) !== undefined,
    touchedNodes: () => 0,
  }
}

function toReceipt(vm: VMReceipt, parent: ActionReceipt): ActionReceipt {
  return {
    kind: 'action',
    predecessorId: parent.receiverId,
    receiverId: vm.receiverId,
    receiptId: ZERO_HASH,
    signerId: parent.signerId,
    signerPublicKey: parent.signerPublicKey,
    gasPrice: parent.gasPrice,
    refundTo: vm.refundTo ?? null,
    outputDataReceivers: [],
    inputDataIds: [],
    actions: vm.actions.map(toAction),
  }
}

/** Gives every dependency its data id, in the order in which the contract created the receipts. */
function linkDependencies(created: ActionReceipt[], asked: VMReceipt[], hash: Uint8Array, height: bigint): void {
  let counter = 0
  for (const [i, { dependencies, receiverId }] of asked.entries()) {
    for (const dependency of dependencies) {
      const dataId = dataIdOf(hash, height, counter++)
      created[dependency]!.outputDataReceivers.push({ dataId, receiverId })
      created[i]!.inputDataIds.push(dataId)
    }
  }
}

function toAction(action: VMAction): Action {
  switch (action.kind) {
    case 'createAccount':
    case 'transfer':
    case 'deployContract':
    case 'deleteAccount':
      return action
    case 'functionCall':
      return {
        kind: 'functionCall',
        methodName: action.methodName,
        args: action.args,
        gas: action.gas,
        deposit: action.deposit,
      }
    case 'stake':
      return { kind: 'stake', stake: action.stake, publicKey: publicKeyFromBytes(action.publicKey) }
    case 'addFullAccessKey':
      return {
        kind: 'addKey',
        publicKey: publicKeyFromBytes(action.publicKey),
        accessKey: { nonce: action.nonce, permission: null },
      }
    case 'addFunctionCallKey': {
      const { allowance, receiverId, methodNames } = action
      return {
        kind: 'addKey',
        publicKey: publicKeyFromBytes(action.publicKey),
        accessKey: { nonce: action.nonce, permission: { allowance, receiverId, methodNames } },
      }
    }
    case 'deleteKey':
      return { kind: 'deleteKey', publicKey: publicKeyFromBytes(action.publicKey) }
    default:
      return action satisfies never
  }
}

function addProfile(run: ReceiptRun, { profile }: VMOutcome): void {
  const sum = run.profile ?? { wasm: 0n, host: {} }
  sum.wasm += profile.wasm
  for (const [name, gas] of Object.entries(profile.host)) sum.host[name] = (sum.host[name] ?? 0n) + gas
  run.profile = sum
}

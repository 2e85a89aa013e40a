/** One action receipt from its inputs to its outcome, refunds and outgoing data. Source: nearcore apply_action_receipt. */
import { SYSTEM_ACCOUNT } from '../lib/accountId.ts'
import { ZERO_HASH } from '../lib/hash.ts'
import type { PromiseResult } from '../vm/types.ts'
import { ActionFailure, type ReceiptRun } from './action/context.ts'
import { applyAction } from './action/index.ts'
import type { BlockContext, RuntimeDeps } from './context.ts'
import { totalDeposit, totalExecFees, totalPrepaidGas, totalPrepaidSendFees } from './fees.ts'
import type { ActionError, Outcome, OutcomeStatus } from './outcome.ts'
import type { RuntimeParams } from './params.ts'
import { takeReceivedData } from './promises.ts'
import { type ActionReceipt, balanceRefund, childReceiptId, gasRefund, type Receipt } from './receipt.ts'
import type { Overlay } from './state.ts'
import { lackingStorageStake } from './storageStake.ts'
import { validateActions } from './validateActions.ts'

export interface ReceiptResult {
  outcome: Outcome
  /** New receipts with their ids, data receipts included. */
  receipts: Receipt[]
  /** yoctoNEAR that left the supply: fees, creation charges, deposits that nobody could take back. */
  burnt: bigint
  /** yoctoNEAR that entered it. */
  subsidized: bigint
}

export function applyReceipt(
  receipt: ActionReceipt,
  state: Overlay,
  block: BlockContext,
  params: RuntimeParams,
  deps: RuntimeDeps,
): ReceiptResult {
  const promiseResults = takeReceivedData(state, receipt)
  state.commit()
  const existed = state.getAccount(receipt.receiverId) !== null
  const run = startRun(receipt, state, block, params, deps, promiseResults)
  const error = runActions(run)
  if (error === null) state.commit()
  else {
    state.rollback()
    run.newReceipts = []
    run.subsidized = 0n
  }

  const isRefund = receipt.predecessorId === SYSTEM_ACCOUNT
  const burnPrice = receipt.gasPrice < block.gasPrice ? receipt.gasPrice : block.gasPrice
  const created = !existed && run.account !== null && error === null
  const charge = isRefund ? 0n : refundUnspent(run, error !== null, created, burnPrice)
  const burntForGas = isRefund ? 0n : burnPrice * run.gasBurnt + charge
  const reward = rewardContract(run, burnPrice)
  const lostDeposit = isRefund && error !== null ? totalDeposit(receipt.actions) : 0n

  const receipts: Receipt[] = run.newReceipts
  if (receipt.outputDataReceivers.length > 0) sendResult(run, error, receipts)
  for (const [i, child] of receipts.entries()) child.receiptId = childReceiptId(receipt.receiptId, block.height, i)

  return {
    outcome: {
      id: receipt.receiptId,
      kind: 'receipt',
      executorId: receipt.receiverId,
      logs: run.logs,
      receiptIds: receipts.filter(({ kind }) => kind === 'action').map(({ receiptId }) => receiptId),
      gasBurnt: run.gasBurnt,
      tokensBurnt: burntForGas,
      status: statusOf(run, error, receipts),
      profile: run.profile,
    },
    receipts,
    burnt: burntForGas - reward + lostDeposit,
    subsidized: run.subsidized,
  }
}

function startRun(
  receipt: ActionReceipt,
  state: Overlay,
  block: BlockContext,
  params: RuntimeParams,
  deps: RuntimeDeps,
  promiseResults: PromiseResult[],
): ReceiptRun {
  const base = params.fees.action_receipt_creation.exec
  return {
    receipt,
    state,
    block,
    params,
    deps,
    promiseResults,
    account: state.getAccount(receipt.receiverId),
    actorId: receipt.predecessorId,
    gasBurnt: base,
    gasUsed: base,
    gasBurntForCalls: 0n,
    subsidized: 0n,
    logs: [],
    newReceipts: [],
    returned: { kind: 'none' },
    profile: null,
  }
}

/** Runs the actions until one fails; then the storage stake. Null is success. */
function runActions(run: ReceiptRun): ActionError | null {
  const { receipt, state, params } = run
  for (const [index, action] of receipt.actions.entries()) {
    const before = run.newReceipts.length
    try {
      applyAction(run, action, index)
      for (const child of run.newReceipts.slice(before)) {
        const invalid = validateActions(child.actions, params)
        if (invalid !== null) throw new ActionFailure({ NewReceiptValidationError: { ActionsValidation: invalid } })
      }
    } catch (error) {
      if (error instanceof ActionFailure) return { index, kind: error.kind }
      throw error
    }
  }
  if (run.account === null) return null
  const lacking = lackingStorageStake(run.account, params)
  if (lacking !== null) {
    return {
      index: null,
      kind: { LackBalanceForState: { account_id: receipt.receiverId, amount: lacking.toString() } },
    }
  }
  state.setAccount(receipt.receiverId, run.account)
  return null
}

/** Adds refund receipts; returns the account creation charge that is kept from them. Rules of protocol 85 and later. */
function refundUnspent(run: ReceiptRun, failed: boolean, created: boolean, burnPrice: bigint): bigint {
  const { receipt, params } = run
  const { actions, gasPrice, receiverId } = receipt
  const prepaid = totalPrepaidGas(actions) + totalPrepaidSendFees(actions, params)
  const exec = totalExecFees(actions, receiverId, params) + params.fees.action_receipt_creation.exec
  const unused = prepaid + exec - (failed ? run.gasBurnt : run.gasUsed)
  let surplus = (gasPrice - burnPrice) * run.gasBurnt
  let charge = 0n
  if (created) {
    const due = params.accountCreationCharge - burnPrice * params.fees.action_create_account.exec
    charge = due < 0n ? 0n : due < surplus ? due : surplus
    surplus -= charge
  }
  if (failed) {
    const deposit = totalDeposit(actions)
    if (deposit > 0n) run.newReceipts.push(balanceRefund(receipt.refundTo ?? receipt.predecessorId, deposit))
  }
  const gas = gasPrice * unused + surplus
  if (gas > 0n) run.newReceipts.push(gasRefund(receipt.signerId, receipt.signerPublicKey, gas))
  return charge
}

/** The contract's share of the gas that its calls burnt, paid even when the call failed. */
function rewardContract(run: ReceiptRun, burnPrice: bigint): bigint {
  const [numerator, denominator] = run.params.burntGasReward
  const reward = burnPrice * ((run.gasBurntForCalls * numerator) / denominator)
  const id = run.receipt.receiverId
  const account = reward > 0n ? run.state.getAccount(id) : null
  if (account === null) return 0n
  run.state.setAccount(id, { ...account, amount: account.amount + reward })
  run.state.commit()
  return reward
}

/** Whoever waits for this receipt gets its value, or waits for the receipt that it returned. */
function sendResult(run: ReceiptRun, error: ActionError | null, receipts: Receipt[]): void {
  const { outputDataReceivers, receiverId } = run.receipt
  if (error === null && run.returned.kind === 'receipt') {
    const child = receipts[run.returned.index]
    if (child?.kind === 'action') child.outputDataReceivers.push(...outputDataReceivers)
    return
  }
  const value = run.returned.kind === 'value' ? run.returned.value : new Uint8Array()
  for (const waiting of outputDataReceivers) {
    receipts.push({
      kind: 'data',
      predecessorId: receiverId,
      receiverId: waiting.receiverId,
      receiptId: ZERO_HASH,
      dataId: waiting.dataId,
      data: error === null ? value : null,
    })
  }
}

function statusOf(run: ReceiptRun, error: ActionError | null, receipts: Receipt[]): OutcomeStatus {
  if (error !== null) return { kind: 'failure', error: { ActionError: error } }
  const { returned } = run
  if (returned.kind === 'receipt') return { kind: 'receipt', receiptId: receipts[returned.index]!.receiptId }
  return { kind: 'value', value: returned.kind === 'value' ? returned.value : new Uint8Array() }
}

/** Stake: locks balance. This chain has one validator and no epochs' elections, so a proposal changes nothing else. Source: nearcore actions.rs. */
import type { Action } from '../../lib/action.ts'
import { ActionFailure, existing, type ReceiptRun, requireActor } from './context.ts'

export function stakeAction(run: ReceiptRun, { stake }: Extract<Action, { kind: 'stake' }>): void {
  const account = existing(run)
  requireActor(run)
  const id = run.receipt.receiverId
  const increment = stake > account.locked ? stake - account.locked : 0n
  if (account.amount < increment) {
    throw new ActionFailure({
      TriesToStake: {
        account_id: id,
        stake: stake.toString(),
        locked: account.locked.toString(),
        balance: account.amount.toString(),
      },
    })
  }
  if (account.locked === 0n && stake === 0n) throw new ActionFailure({ TriesToUnstake: { account_id: id } })
  account.amount -= increment
  account.locked += increment
}

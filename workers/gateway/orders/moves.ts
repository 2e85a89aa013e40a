/** Unsigned transactions of requesters and operators: cancel, stake, unstake, restake, claim. Each is checked before it is offered. */
import { z } from 'zod'
import type { ClaimBody, StakeBody, UnsignedTransactions } from '../../../chain/client/gateway/index.ts'
import { formatBly } from '../../../chain/lib/units.ts'
import type { Parts } from '../types.ts'
import { MoveRefusedError, OrderInvalidError, TaskForeignError, TaskUnknownError } from './errors.ts'
import { functionCall, storageDeposits, transferCall, type Unsigned } from './transactions.ts'

const amount = z.string().regex(/^\d{1,39}$/)
const taskView = z.object({ requester: z.string(), state: z.string(), rounds_settled: z.number() }).nullable()
const nodeView = z
  .object({
    stake: amount,
    free: amount,
    locked: amount,
    unbonding: z.array(z.object({ amount, at: z.number() })),
    may_restake: z.boolean().optional(),
  })
  .nullable()
const ledgerView = z.object({ payable: amount })
const configView = z.object({ seat: amount })

export type Moves = ReturnType<typeof createMoves>

export function createMoves({ chain, config, now }: Pick<Parts, 'chain' | 'config' | 'now'>) {
  const { contracts } = config
  const { bly, market } = contracts
  const node = async (account: string) => nodeView.parse(await chain.view(market, 'get_node', { account_id: account }))
  const reply = (...transactions: Unsigned[]): UnsignedTransactions => ({ transactions })

  return {
    /** @throws TaskUnknownError, TaskForeignError, MoveRefusedError */
    async cancel(account: string, id: string): Promise<UnsignedTransactions> {
      const task = taskView.parse(await chain.view(market, 'get_task', { task_id: id }))
      if (task === null) throw taskUnknown(id)
      if (task.requester !== account) {
        throw new TaskForeignError({
          what: `Task ${id} was ordered by ${task.requester}, not by ${account}.`,
          fix: `Sign in as ${task.requester}.`,
          data: { task: id },
        })
      }
      if (task.state !== 'Pending' || task.rounds_settled > 0) {
        throw new MoveRefusedError({
          what: `Task ${id} is ${task.state}; only a task for which nobody has been drawn can be cancelled.`,
          fix: 'It ends by itself; what is not used comes back then.',
          data: { task: id, state: task.state },
        })
      }
      return reply(functionCall(market, 'cancel', { task_id: id }, { gasTGas: 15, deposit: 1n }))
    },

    /** A first stake registers; a later one adds to it. @throws OrderInvalidError, MoveRefusedError */
    async stake(account: string, body: StakeBody): Promise<UnsignedTransactions> {
      const atto = BigInt(body.amountAtto)
      if (atto === 0n) throw invalid('amountAtto', 'The amount is zero.', 'Stake more than nothing.')
      const [known, { seat }] = [await node(account), configView.parse(await chain.view(market, 'get_config', {}))]
      const staked = BigInt(known?.stake ?? 0)
      const isNew = known === null || (staked === 0n && BigInt(known.locked) === 0n && known.unbonding.length === 0)
      if (isNew && (body.roles === undefined || body.peer === undefined)) {
        const field = body.roles === undefined ? 'roles' : 'peer'
        throw invalid(field, `A first stake names ${field}.`, 'Name what the machine does and where peers reach it.')
      }
      if (staked + atto < BigInt(seat)) {
        throw new MoveRefusedError({
          what: `The stake would be ${formatBly(staked + atto)} BLY; one seat needs ${formatBly(BigInt(seat))}.`,
          fix: `Stake ${formatBly(BigInt(seat) - staked)} BLY or more.`,
          data: { field: 'amountAtto' },
        })
      }
      await requireBalance(account, atto)
      const { roles, peer, class: machine, kind, workerKey } = body
      const stake = {
        ...(roles && { roles }),
        ...(peer && { peer }),
        ...(machine && { class: machine }),
        ...(kind && { kind }),
        ...(isNew && workerKey && { worker_key: workerKey }),
      }
      return reply(...(await storageDeposits(chain, contracts, account)), transferCall(contracts, atto, { stake }))
    },

    /** @throws OrderInvalidError, MoveRefusedError */
    async unstake(account: string, amountAtto: string): Promise<UnsignedTransactions> {
      const atto = BigInt(amountAtto)
      const free = BigInt((await node(account))?.free ?? 0)
      if (atto === 0n) throw invalid('amountAtto', 'The amount is zero.', 'Remove more than nothing.')
      if (atto > free) {
        throw new MoveRefusedError({
          what: `${account} has ${formatBly(free)} BLY of stake free; ${formatBly(atto)} were to be removed.`,
          fix: 'Remove less; bonds free themselves when their task is payable.',
          data: { field: 'amountAtto', free: `${free}` },
        })
      }
      return reply(functionCall(market, 'unstake', { amount: amountAtto }, { gasTGas: 60, deposit: 1n }))
    },

    /** What leaves last comes back first. @throws OrderInvalidError, MoveRefusedError */
    async restake(account: string, amountAtto: string): Promise<UnsignedTransactions> {
      const atto = BigInt(amountAtto)
      const known = await node(account)
      const leaving = sumOf(known?.unbonding ?? [])
      if (atto === 0n) throw invalid('amountAtto', 'The amount is zero.', 'Keep more than nothing.')
      if (atto > leaving) {
        throw new MoveRefusedError({
          what: `${formatBly(leaving)} BLY of ${account} are leaving; ${formatBly(atto)} were to be kept.`,
          fix: leaving === 0n ? 'Nothing is leaving; stake more instead.' : 'Keep less.',
          data: { field: 'amountAtto', leaving: `${leaving}` },
        })
      }
      if (known?.may_restake === false) {
        throw new MoveRefusedError({
          what: `${account} has closed more than twice its seats within one waiting time; stake comes back no oftener.`,
          fix: 'Wait until the first of them are that old, or stake other BLY.',
          data: { field: 'amountAtto' },
        })
      }
      return reply(functionCall(market, 'restake', { amount: amountAtto }, { gasTGas: 30, deposit: 1n }))
    },

    /** Ripe removed stake is collected with the pay. @throws MoveRefusedError */
    async claim(account: string, { amountAtto }: ClaimBody): Promise<UnsignedTransactions> {
      const payable = BigInt(ledgerView.parse(await chain.view(market, 'ledger', { account_id: account })).payable)
      const parts = (await node(account))?.unbonding ?? []
      const ripe = sumOf(parts.filter(({ at }) => at <= now()))
      const available = payable + ripe
      const wanted = amountAtto === undefined ? available : BigInt(amountAtto)
      if (wanted === 0n || wanted > available) {
        throw new MoveRefusedError({
          what: `${account} can collect ${formatBly(available)} BLY now.`,
          fix: available === 0n ? 'Nothing is payable yet; locked pay frees itself with its task.' : 'Collect less.',
          data: { field: 'amountAtto', available: `${available}` },
        })
      }
      return reply(
        ...(await storageDeposits(chain, contracts, account)),
        ...(ripe > 0n ? [functionCall(market, 'withdraw', {}, { gasTGas: 15, deposit: 1n })] : []),
        functionCall(market, 'claim', { amount: `${wanted}` }, { gasTGas: 60, deposit: 1n }),
      )
    },
  }

  async function requireBalance(account: string, atto: bigint): Promise<void> {
    const balance = BigInt(await chain.view<string>(bly, 'ft_balance_of', { account_id: account }))
    if (balance >= atto) return
    throw new MoveRefusedError({
      what: `${account} has ${formatBly(balance)} BLY; ${formatBly(atto)} are needed.`,
      fix: 'Use less, or receive BLY first.',
      data: { field: 'amountAtto', have: `${balance}` },
    })
  }
}

const sumOf = (parts: readonly { amount: string }[]): bigint =>
  parts.reduce((sum, part) => sum + BigInt(part.amount), 0n)

export const taskUnknown = (id: string): TaskUnknownError =>
  new TaskUnknownError({ what: `There is no task ${id}.`, fix: 'See the list of tasks.', data: { task: id } })

const invalid = (field: string, what: string, fix: string): OrderInvalidError =>
  new OrderInvalidError({ what, fix, data: { field } })

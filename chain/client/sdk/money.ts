/** An operator's money: stake, unstake, restake, claim, and why an account has what it has. */
import { type StakeBody, stakeBody, unsignedTransactions, whyReply } from '../gateway/index.ts'
import type { SdkContext } from './context.ts'
import { type Checked, checkClaim, checkRestake, checkStake, checkUnstake } from './decode.ts'

export type Money = ReturnType<typeof createMoney>

export function createMoney(context: SdkContext) {
  const { http } = context
  const post = (path: string, body: unknown) => http.json(unsignedTransactions, path, { method: 'POST', body })
  const sign = async ({ transactions }: Checked): Promise<string> =>
    (await (await context.signer()).signAndSendTransactions(transactions)).at(-1)!.txHash
  const contracts = async () => (await context.network()).known.contracts

  return {
    /** Stakes; the first time it registers an operator and names roles and peer. @returns the transaction's hash */
    async stake(wanted: Omit<StakeBody, 'amountAtto'> & { amountAtto: string | bigint }): Promise<string> {
      const body = stakeBody.parse({ ...wanted, amountAtto: String(wanted.amountAtto) })
      const path = body.roles === undefined ? '/api/v1/nodes/stake' : '/api/v1/nodes/register'
      return sign(checkStake(await post(path, body), body, await contracts()))
    },
    /** Begins to take free stake out. */
    async unstake(amountAtto: bigint): Promise<string> {
      const amount = String(amountAtto)
      return sign(checkUnstake(await post('/api/v1/nodes/unstake', { amountAtto: amount }), amount, await contracts()))
    },
    /** Keeps stake that is leaving, what leaves last first; its seats open anew. */
    async restake(amountAtto: bigint): Promise<string> {
      const amount = String(amountAtto)
      return sign(checkRestake(await post('/api/v1/nodes/restake', { amountAtto: amount }), amount, await contracts()))
    },
    /** Collects what is payable, all when no amount is named. */
    async claim(amountAtto?: bigint): Promise<string> {
      const body = amountAtto === undefined ? {} : { amountAtto: String(amountAtto) }
      return sign(checkClaim(await post('/api/v1/user/claim', body), body, await contracts()))
    },
    /** Every change of an account's money with its rule and evidence. */
    why: (account: string, { task }: { task?: string } = {}) =>
      http.json(whyReply, `/api/v1/why/${encodeURIComponent(account)}`, { query: { task } }),
  }
}

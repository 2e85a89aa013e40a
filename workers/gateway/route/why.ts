/** `GET /api/v1/why/{account}`: every amount of an account with its rule, figures and evidence. */
import { z } from 'zod'
import { accountId, taskId, whyReply } from '../../../chain/client/gateway/index.ts'
import type { Why } from '../../../chain/client/why/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import type { WhyReader } from './whyReader.ts'

export const whyRoutes = ({ head }: Parts, why: WhyReader): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/v1/why/{account}',
    tag: 'why',
    summary: 'Explains every amount of an account, line by line',
    access: 'open',
    params: z.object({ account: accountId }),
    query: z.object({ task: taskId.optional() }),
    reply: whyReply,
    cache: 'block',
    cost: 5,
    async handle({ params: { account }, query: { task } }) {
      const asOf = head.asOf()
      const { height, ...told } = await why(account, task)
      return { ...toWhyReply(told), leftOut: told.leftOut, asOf: { ...asOf, height } }
    },
  }),
]

/** The explanation with its amounts as text. */
export function toWhyReply(why: Why): Omit<z.input<typeof whyReply>, 'asOf' | 'leftOut'> {
  const { account, task, sentence, agrees, differences, drawn } = why
  const texts = <T extends object>(from: T): { [K in keyof T]: string } =>
    Object.fromEntries(Object.entries(from).map(([name, value]) => [name, `${value}`])) as { [K in keyof T]: string }
  return {
    account,
    task,
    sentence,
    lines: why.lines.map(({ deltaAtto, ...line }) => ({ ...line, deltaAtto: `${deltaAtto}` })),
    earned: `${why.earned}`,
    lost: `${why.lost}`,
    balances: texts(why.balances),
    summed: texts(why.summed),
    agrees,
    differences,
    orders: why.orders.map(({ bounty, spent, returned, declined, open, ...order }) => ({
      ...order,
      bounty: `${bounty}`,
      spent: texts(spent) as Record<string, string>,
      returned: `${returned}`,
      declined: `${declined}`,
      open: `${open}`,
    })),
    drawn,
    passedOver: why.passedOver.map(({ free, bond, ...each }) => ({ ...each, free: `${free}`, bond: `${bond}` })),
  }
}

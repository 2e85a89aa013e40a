/** Names that the project's first drafts used, as thin ways to what replaced them. */
import { z } from 'zod'
import { accountId, atto, unsignedTransactions } from '../../../chain/client/gateway/index.ts'
import type { RawRoute } from '../http/rawRoute.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'

/** Today's operation by the older one's name. */
const SUCCESSORS = [
  { method: 'post', path: '/api/v1/chat', now: '/v1/chat/completions' },
  { method: 'get', path: '/api/v1/mine', now: '/api/v1/tasks' },
  { method: 'post', path: '/api/v1/p2p/register', now: '/api/v1/nodes/register' },
  { method: 'get', path: '/api/v1/rewards/history', now: '/api/v1/user/billing' },
] as const

/** The same operations under their older names, as far as they are served here. */
export function olderNames(routes: readonly Route[], raw: readonly RawRoute[]): { routes: Route[]; raw: RawRoute[] } {
  const of = <T extends { method: string; path: string }>(all: readonly T[]) =>
    SUCCESSORS.flatMap(({ method, path, now }) =>
      all.filter((each) => each.method === method && each.path === now).map((each) => ({ ...each, path, now })),
    )
  return {
    routes: of(routes).map(({ now, ...route }) => ({
      ...route,
      tag: 'older names',
      summary: `${route.summary} (now ${now})`,
    })),
    raw: of(raw).map(({ now, ...route }) => {
      // Without the successor's id, the description names it by its own path: ids are unique.
      const { operationId: _, ...operation } = route.operation ?? {}
      return { ...route, operation: { ...operation, tags: ['older names'], summary: `Now ${now}` } }
    }),
  }
}

/** Gas of a collection: the market's `claim` and the token's transfer with its callback, gas units. */
const CLAIM_GAS = '100000000000000'

export const olderRoutes = ({ config, chain }: Parts): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/v1/rewards/balance/{account}',
    tag: 'older names',
    summary: 'What an account may collect, what is still locked and what is on its way',
    access: 'open',
    params: z.object({ account: accountId }),
    reply: z.object({ payableAtto: atto, lockedAtto: atto, payingAtto: atto }),
    cache: 'block',
    async handle({ params: { account } }) {
      const view = z.object({ payable: atto, locked: atto, paying: atto })
      const { payable, locked, paying } = view.parse(
        await chain.view(config.contracts.market, 'ledger', { account_id: account }),
      )
      return { payableAtto: payable, lockedAtto: locked, payingAtto: paying }
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/v1/rewards/claim',
    tag: 'older names',
    summary: 'The transaction that collects what is payable; everything, unless told how much',
    access: 'open',
    body: z.object({ amountAtto: atto.optional() }),
    reply: unsignedTransactions,
    async handle({ body: { amountAtto } }) {
      return {
        transactions: [
          {
            receiverId: config.contracts.market,
            actions: [
              {
                type: 'FunctionCall' as const,
                methodName: 'claim',
                args: amountAtto === undefined ? {} : { amount: amountAtto },
                gas: CLAIM_GAS,
                deposit: '1',
              },
            ],
          },
        ],
      }
    },
  }),
]

/** Names that the project's first drafts used, as thin ways to what replaced them. */
import { z } from 'zod'
import { accountId, atto, taskState, unsignedTransactions } from '../../../chain/client/gateway/index.ts'
import type { RawRoute } from '../http/rawRoute.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'

/** Method and body stay as they were. Source: RFC 9110 §15.4.8. */
const moved = (method: 'get' | 'post', path: string, to: string, summary: string): RawRoute => ({
  method,
  path,
  access: 'open',
  operation: {
    tags: ['older names'],
    summary,
    responses: { '307': { description: `Moved to ${to}`, headers: { location: { schema: { type: 'string' } } } } },
  },
  async handle({ request, response }) {
    const query = request.url.indexOf('?')
    const search = query < 0 ? '' : request.url.slice(query)
    response
      .status(307)
      .setHeader('location', `${to}${to.includes('?') ? search.replace('?', '&') : search}`)
      .end()
  },
})

export const olderRedirects = (): RawRoute[] => [
  moved('post', '/api/v1/chat', '/v1/chat/completions', 'Asks a model; now in OpenAI’s format'),
  moved('get', '/api/v1/mine', `/api/v1/tasks?state=${taskState.enum.InProgress}`, 'Work that goes on'),
  moved('post', '/api/v1/p2p/register', '/api/v1/nodes/register', 'Registers an operator'),
  moved('get', '/api/v1/rewards/history', '/api/v1/user/billing', 'The ledger’s history of your account'),
]

/** Gas of a collection: the market's `claim` and the token's transfer with its callback, gas units. */
const CLAIM_GAS = '100000000000000'

export const olderRoutes = ({ config, chain }: Parts): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/v1/rewards/{account}',
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

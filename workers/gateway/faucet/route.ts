/** `POST /api/v1/network/faucet`. */
import { faucetBody, faucetReply } from '../../../chain/client/gateway/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Faucet } from './faucet.ts'

export const faucetRoutes = (faucet: Faucet): Route[] => [
  defineRoute({
    method: 'post',
    path: '/api/v1/network/faucet',
    tag: 'network',
    summary: 'Development money: makes an account on the embedded network and gives it BLY and NEAR.',
    access: 'open',
    body: faucetBody,
    reply: faucetReply,
    status: 201,
    cost: 10,
    async handle({ body, address }) {
      const { account, blyAtto, nearYocto } = await faucet.give({ ...body, address })
      return { account, blyAtto: String(blyAtto), nearYocto: String(nearYocto) }
    },
  }),
]

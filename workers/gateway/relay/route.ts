/** `POST /api/v1/relay`. */
import { relayBody, relayReply } from '../../../chain/client/gateway/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { RelayOffError, RelayRefusedError } from './errors.ts'
import type { Relay } from './relay.ts'

/** @param relay null while the operator has set no budget */
export const relayRoutes = (relay: Relay | null): Route[] => [
  defineRoute({
    method: 'post',
    path: '/api/v1/relay',
    tag: 'relay',
    summary: 'Carries a delegate that the signed-in account has signed, and pays its gas.',
    access: { scope: 'relay' },
    body: relayBody,
    reply: relayReply,
    cost: 5,
    async handle({ body, visitor }) {
      if (relay === null) {
        throw new RelayOffError({ what: 'This gateway relays nothing.', fix: 'Send a transaction of your own.' })
      }
      if (visitor?.account == null) {
        throw new RelayRefusedError({ what: 'No NEAR account is linked to you.', fix: 'Link one on the page.' })
      }
      return relay.carry({ bytes: Buffer.from(body.signedDelegate, 'base64'), account: visitor.account })
    },
  }),
]

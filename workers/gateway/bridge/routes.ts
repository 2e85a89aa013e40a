/** `GET /api/v1/bridge`, its transfers and signers, and `POST /evm`: the page computes a transfer's state itself from these. */
import { and, desc, eq, lt, or } from 'drizzle-orm'
import { z } from 'zod'
import {
  type Deployment,
  PAYLOAD_KINDS,
  payloadKeySchema,
  signedItemSchema,
  signerStatusSchema,
} from '../../../chain/client/bridge/index.ts'
import {
  bridgeReply,
  listOf,
  type TransferLine,
  transferLine,
  transfersQuery,
} from '../../../chain/client/gateway/index.ts'
import { transfers } from '../database/schema/chain.ts'
import { NotFoundError } from '../http/errors.ts'
import type { RawRoute } from '../http/rawRoute.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { EVM_METHODS, rpcRoute } from '../http/rpcRoute.ts'
import { decodeCursor, pageOf } from '../route/cursor.ts'
import type { Parts } from '../types.ts'
import { NoBridgeError } from './errors.ts'
import { askSigner } from './signerDoor.ts'

const signerPlace = z.object({ address: z.string().regex(/^0x[0-9a-fA-F]{40}$/) })
const payloadPlace = signerPlace.extend({ kind: z.enum(PAYLOAD_KINDS), key: payloadKeySchema })
const TAG = 'bridge'

/** @param deployment null where this gateway knows no bridge  @param send what carries questions to signers */
export function bridgeRoutes(
  { config, db, head }: Parts,
  deployment: Deployment | null,
  send: typeof fetch = fetch,
): Route[] {
  const known = (): Deployment => deployment ?? refuseNone()
  const urlOf = (address: string): string => {
    const signer = known().signers.find((each) => each.address.toLowerCase() === address.toLowerCase())
    if (signer !== undefined) return signer.url
    throw new NotFoundError({
      what: `${address} is no signer of this bridge.`,
      fix: 'GET /api/v1/bridge lists them.',
      data: { field: 'address' },
    })
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/bridge',
      tag: TAG,
      summary: 'Where the bridge lives on both chains, and its signers',
      access: 'open',
      reply: bridgeReply,
      handle: async () => ({ deployment: throughGateway(known(), config.origin), asOf: head.asOf() }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/bridge/transfers',
      tag: TAG,
      summary: 'What crossed the bridge as NEAR knows it, newest first',
      access: 'open',
      query: transfersQuery,
      reply: listOf(transferLine),
      cache: 'block',
      async handle({ query: { cursor, limit, account } }) {
        known()
        const asOf = head.asOf()
        const before = decodeCursor('transfers', 2, cursor)
        const { createdHeight, nonce, sender, receiver } = transfers
        const rows = await db
          .select()
          .from(transfers)
          .where(
            and(
              before === null
                ? undefined
                : or(lt(createdHeight, before[0]!), and(eq(createdHeight, before[0]!), lt(nonce, BigInt(before[1]!)))),
              account === undefined ? undefined : or(eq(sender, account), eq(receiver, account)),
            ),
          )
          .orderBy(desc(createdHeight), desc(nonce))
          .limit(limit + 1)
        const keyOf = (row: (typeof rows)[number]) => [row.createdHeight, Number(row.nonce)]
        return { ...pageOf(rows, limit, 'transfers', keyOf, toLine), asOf }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/bridge/signers/{address}/status',
      tag: TAG,
      summary: 'How far a signer has read, as it says itself',
      access: 'open',
      params: signerPlace,
      reply: signerStatusSchema,
      handle: ({ params: { address }, signal }) =>
        askSigner({ url: urlOf(address), path: '/status', send, signal }, signerStatusSchema),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/bridge/signers/{address}/payloads/{kind}/{key}',
      tag: TAG,
      summary: 'What a signer signed: whoever carries it recovers the address again',
      access: 'open',
      params: payloadPlace,
      reply: signedItemSchema,
      handle: ({ params: { address, kind, key }, signal }) =>
        askSigner({ url: urlOf(address), path: `/payloads/${kind}/${key}`, send, signal }, signedItemSchema),
    }),
  ]
}

/** The EVM chain's own door, where there is a bridge. */
export const bridgeRawRoutes = (deployment: Deployment | null): RawRoute[] =>
  deployment === null
    ? []
    : [rpcRoute(deployment.evm.rpcUrls[0]!, { path: '/evm', of: 'EVM JSON-RPC', methods: EVM_METHODS })]

/** The same bridge with the addresses that a page may reach. */
function throughGateway({ near, evm, signers, ...rest }: Deployment, origin: string): Deployment {
  return {
    ...rest,
    near: { ...near, rpcUrls: [`${origin}/rpc`] },
    evm: { ...evm, rpcUrls: [`${origin}/evm`] },
    signers: signers.map(({ address }) => ({ address, url: `${origin}/api/v1/bridge/signers/${address}` })),
  }
}

function toLine({
  amount,
  nonce,
  createdHeight: _,
  updatedHeight: __,
  ...row
}: typeof transfers.$inferSelect): TransferLine {
  return { ...row, nonce: String(nonce), amountAtto: String(amount) } as TransferLine
}

function refuseNone(): never {
  throw new NoBridgeError({
    what: 'This gateway knows no bridge.',
    fix: 'Ask one that was started with --bridge FILE.',
  })
}

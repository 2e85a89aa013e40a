/** A text that lies on IPFS already, given to the page that orders with it: the test text is sealed there, so it needs the bytes. */
import { z } from 'zod'
import { cid } from '../../../chain/client/gateway/index.ts'
import { FetchTimeoutError, NotFoundError, TooLargeError } from '../../storage/errors.ts'
import type { ContentStore } from '../../storage/types.ts'
import { BytesReply, defineRoute, type Route } from '../http/route.ts'
import { MAX_TRAINING_BYTES } from './draftParts.ts'
import { TextMissingError, TextTooLongError } from './errors.ts'

/** As much as an order: a text is fetched for whoever names it, from wherever this gateway's store finds it. */
const COST = 20
const WAIT_MS = 30_000

export function textRoutes(store: Pick<ContentStore, 'cat'>, waitMs = WAIT_MS): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/texts/{cid}',
      tag: 'tasks',
      summary:
        'A text by its content address, to order with; from this gateway’s store or the IPFS network that it reaches.',
      access: { scope: 'tasks' },
      params: z.object({ cid }),
      reply: null,
      cost: COST,
      async handle({ params, signal }) {
        const bytes = await store
          .cat(params.cid, {
            maxBytes: MAX_TRAINING_BYTES,
            signal: AbortSignal.any([signal, AbortSignal.timeout(waitMs)]),
          })
          .catch((cause: unknown) => {
            signal.throwIfAborted()
            throw refusal(params.cid, cause)
          })
        return new BytesReply(bytes, 'application/octet-stream', `${params.cid}.txt`)
      },
    }),
  ]
}

function refusal(address: string, cause: unknown): unknown {
  const data = { field: 'cid' }
  if (cause instanceof TooLargeError) {
    return new TextTooLongError({
      what: `${address} is longer than the ${MAX_TRAINING_BYTES} bytes that are stored for one task.`,
      fix: 'Name a part of it, or order with `blyan task create`, which serves the text itself.',
      data,
      cause,
    })
  }
  const isAway = cause instanceof NotFoundError || cause instanceof FetchTimeoutError
  if (!isAway && (cause as Error).name !== 'TimeoutError') return cause
  return new TextMissingError({
    what: `Nobody whom this gateway reaches has ${address}.`,
    fix: 'Pin it on an IPFS node that this gateway reaches, or choose the file itself.',
    data,
    cause,
  })
}

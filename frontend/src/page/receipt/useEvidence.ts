/** Fetches what a receipt is checked by: bytes and proof from the gateway, the list's root over the reader's own RPC. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { z } from 'zod'
import { receiptProofReply, receiptReply } from '../../../../chain/client/gateway/index.ts'
import { toHex } from '../../../../chain/client/protocol.ts'
import { base64ToBytes } from '../../../../chain/lib/bytes.ts'
import { BlyanError as Base, type BlyanError } from '../../../../chain/lib/errors.ts'
import { keccak256 } from '../../../../chain/lib/hash.ts'
import { contractsOf } from '../../api/contracts.ts'
import { toBlyanError } from '../../api/errors.ts'
import { type Asked, useAsk, useNetwork } from '../../api/queries.ts'
import { checkLinks, type KnownEvidence, type LinksView } from './links.ts'
import { type ReadList, readList, rpcAt } from './readList.ts'

/** Proofs asked for anew because the list grew meanwhile. */
const GROWN_TRIES = 3

export interface Evidence {
  asked: Asked<z.infer<typeof receiptReply>>
  links: LinksView | null
  /** The chain's own answer. */
  list: ReadList | undefined
  /** Why links still wait: the gateway's proof or the RPC could not be had. */
  stuck: { step: 'previous' | 'proof' | 'root'; problem: BlyanError } | null
  again: () => void
}

export function useEvidence(index: number, rpc: string): Evidence {
  const network = useNetwork()
  const asked = useAsk(`/api/v1/receipts/${index}`, receiptReply)
  const before = useAsk(`/api/v1/receipts/${index - 1}`, receiptReply, { enabled: index > 0 })
  const proof = useAsk(`/api/v1/receipts/${index}/proof`, receiptProofReply)
  const steps = proof.data?.index === index ? proof.data : undefined
  const root = useQuery({
    queryKey: ['receipt_root', rpc, steps?.asOf.height, steps?.size],
    queryFn: ({ signal }) =>
      readList(
        rpcAt(rpc, window.location.origin),
        contractsOf(network.data!).market,
        { height: steps!.asOf.height, size: steps!.size },
        signal,
      ).catch(rethrow(rpc)),
    enabled: network.data !== undefined && steps !== undefined,
    retry: 1,
    networkMode: 'always',
  })
  // The list grew while proof and root were read: another proof is asked for before anything is called broken.
  const attempts = useRef(0)
  const moved = root.data !== undefined && steps !== undefined && root.data.size !== steps.size
  const waits = moved && attempts.current < GROWN_TRIES
  const askProof = proof.again
  const askRoot = root.refetch
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each list that was read
  useEffect(() => {
    if (!waits) return
    attempts.current += 1
    askProof()
    void askRoot()
  }, [waits, root.dataUpdatedAt])
  // A reply about another receipt, kept while this one is fetched, is no evidence.
  const reply = asked.data?.index === index ? asked.data : undefined
  const earlier = before.data?.index === index - 1 ? before.data : undefined
  const known: KnownEvidence | null =
    reply === undefined
      ? null
      : {
          index,
          bytes: bytesOf(reply.bytes),
          hash: reply.hash,
          // From its bytes, not from what the gateway says about them.
          previous: earlier === undefined ? undefined : toHex(keccak256(bytesOf(earlier.bytes))),
          proof: steps === undefined ? undefined : { size: steps.size, root: steps.root, steps: steps.proof },
          list: waits ? undefined : root.data,
        }
  const stuck = firstProblem([
    ['previous', before.problem],
    ['proof', proof.problem],
    ['root', root.error === null ? null : toBlyanError(root.error)],
  ])
  return {
    asked,
    links: known === null ? null : checkLinks(known),
    list: root.data,
    stuck,
    again() {
      if (before.problem !== null) before.again()
      if (proof.problem !== null) proof.again()
      if (root.error !== null) void root.refetch()
    },
  }
}

/** Bytes that are no base64 are no receipt: the first link says so. */
function bytesOf(text: string): Uint8Array {
  try {
    return base64ToBytes(text)
  } catch {
    return new Uint8Array()
  }
}

function firstProblem(
  steps: readonly [NonNullable<Evidence['stuck']>['step'], BlyanError | null][],
): Evidence['stuck'] {
  for (const [step, problem] of steps) if (problem !== null) return { step, problem }
  return null
}

/** An RPC that cannot be asked: the same error, with what a reader of this page can do about it. */
export const rethrow =
  (rpc: string) =>
  (error: unknown): never => {
    const cause = toBlyanError(error)
    if (cause.code !== 'NEAR_RPC_UNREACHABLE') throw cause
    throw new RpcAwayError({
      what: `No answer from the RPC ${rpc}.`,
      fix: 'Choose another RPC below, or ask again; what was checked so far stands.',
      cause,
    })
  }

/** The reader's RPC is away, or the browser may not reach it. */
class RpcAwayError extends Base {
  static override readonly code: string = 'PAGE_RPC_AWAY'
  static override readonly fault = 'platform' as const
  static override readonly retryable: boolean = true
}

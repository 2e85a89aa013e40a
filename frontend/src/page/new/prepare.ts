/** Stores a sealed order at the gateway and holds its answer against what was asked for, before any wallet sees it. */
import {
  type DraftBody,
  type DraftReply,
  draftReply,
  type NetworkReply,
  type TaskOrderBody,
} from '../../../../chain/client/gateway/index.ts'
import { KNOWN_NETWORKS } from '../../../../chain/client/networks.ts'
import type { Checked } from '../../../../chain/client/sdk/decode.ts'
import { checkSealedDraft, draftBodyOf, type SealedText } from '../../../../chain/client/sdk/sealedOrder.ts'
import { gpt } from '../../../../workers/engine/models/gpt.ts'
import { initialParameters } from '../../../../workers/engine/models/parameters.ts'
import type { ApiClient } from '../../api/client.ts'
import { WrongBytesError } from '../../api/errors.ts'

export { seal } from '../../../../chain/client/sdk/sealedOrder.ts'

export interface Prepared {
  /** Names this order: the same sealed text makes one task. */
  head: string
  draft: DraftReply
  checked: Checked
}

export interface PrepareOptions {
  api: Pick<ApiClient, 'call'>
  network: NetworkReply
  order: TaskOrderBody
  text: SealedText
  opener: DraftBody['opener']
  /** What the person saw as the most that leaves the account, attoBLY. */
  maxAtto: bigint
}

/** @throws TransactionDiffersError · GatewayProblem · SignedOutError · WrongBytesError on a network that this page does not know */
export async function prepareOrder({ api, network, order, text, opener, maxAtto }: PrepareOptions): Promise<Prepared> {
  const known = KNOWN_NETWORKS[network.chainId]
  if (known === undefined) {
    throw new WrongBytesError({
      what: `This page knows no network "${network.chainId.slice(0, 40)}", so it cannot tell what would be signed.`,
      fix: 'Use a page that is newer than its gateway, or order with `blyan task create`.',
    })
  }
  const body = draftBodyOf(order, text, opener)
  const draft = await api.call('/api/v1/tasks', draftReply, { method: 'POST', body, token: 'needed' })
  const firstParameters = (model: Parameters<typeof gpt>[0], seed: string) => initialParameters(gpt(model), seed)
  const checked = await checkSealedDraft(draft, { order, text, known, firstParameters, maxAtto })
  return { head: text.sealed.head, draft, checked }
}

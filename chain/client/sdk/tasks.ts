/** Ordering a task: the text is split and sealed here, what the gateway returns is checked here, and only then signed. */
import { eventsIn } from '../../lib/nep297.ts'
import { formatBly } from '../../lib/units.ts'
import {
  type DraftReply,
  draftReply,
  type KEY_OPENERS,
  listOf,
  type QuoteReply,
  quoteReply,
  type TaskDetail,
  type TaskOrderBody,
  taskDetail,
  taskOrder,
  taskSummary,
  unsignedTransactions,
} from '../gateway/index.ts'
import { pause } from '../near/rpc.ts'
import { choiceOf, priceOf } from '../order/index.ts'
import { missing, type SdkContext } from './context.ts'
import { type Checked, checkCancel } from './decode.ts'
import { CeilingError, GatewayError, GatewayUnreachableError, NoTaskMadeError } from './errors.ts'
import { checkSealedDraft, draftBodyOf, seal } from './sealedOrder.ts'

export type TaskOrder = Partial<TaskOrderBody>
type Opener = (typeof KEY_OPENERS)[number]

export interface CreateOptions {
  /** Who opens the sealed test text of each round. The gateway could read it early and can spend nothing. */
  readonly opener?: Opener
  /** attoBLY that the task may cost at most; its computed price when absent. */
  readonly maxAtto?: bigint
  readonly signal?: AbortSignal
}

/** An order that the gateway has stored and this side has checked: nothing is signed yet. */
export interface PreparedOrder {
  readonly draft: DraftReply
  readonly checked: Checked
  /** Keys of the rounds, hex: whoever opens them needs them. */
  readonly keys: readonly string[]
  /** By this side's clock, ms. */
  readonly preparedAt: number
  /** Share of the set-aside text that stands in the training text too and was left out, 0 to 1. */
  readonly overlap: number
}

export interface CreatedTask {
  readonly id: string
  readonly txHash: string
  readonly keys: readonly string[]
}

export type Tasks = ReturnType<typeof createTasks>

/** What is ordered where nothing else is said: 3 rounds of a small model. */
const DEFAULTS = {
  model: 'small',
  rounds: 3,
  steps: 96,
  segments: 48,
  workers: 3,
  certainty: 50,
  payAtto: '10000000000000000000',
  seed: '1',
} as const
const POLL_MS = 1_000
/** How long a gateway may be behind or away before a wait gives up. */
const PATIENCE_MS = 30_000
const ENDED = new Set(['Completed', 'Failed', 'Cancelled'])

export function createTasks(context: SdkContext) {
  const { http, now, random } = context

  const prepare = async (
    wanted: TaskOrder,
    text: Uint8Array | string,
    { opener = 'gateway', maxAtto, signal }: CreateOptions = {},
  ): Promise<PreparedOrder> => {
    if (context.firstParameters === null) {
      throw missing(
        'firstParameters',
        'The model’s first parameters cannot be checked without the engine.',
        'Pass firstParameters: (model, seed) => initialParameters(gpt(model), seed) of workers/engine.',
      )
    }
    const order = taskOrder.parse({ ...DEFAULTS, ...wanted })
    const { known } = await context.network()
    const { sealed, training, overlap } = await seal(order, text, random(32))
    const sealedText = { sealed, training }
    const { bounty } = priceOf(choiceOf(order, { embedded: known.embedded, head: sealed.head }))
    if (maxAtto !== undefined && bounty > maxAtto) {
      throw new CeilingError({
        what: `The task costs ${formatBly(bounty)} BLY; the ceiling is ${formatBly(maxAtto)} BLY.`,
        fix: 'Raise the ceiling, or order fewer rounds, trainers or less certainty.',
        data: { bounty, maxAtto },
      })
    }
    const body = draftBodyOf(order, sealedText, opener)
    const draft = await http.json(draftReply, '/api/v1/tasks', { method: 'POST', body, signal })
    const checked = await checkSealedDraft(draft, {
      order,
      text: sealedText,
      known,
      firstParameters: context.firstParameters,
      maxAtto: maxAtto ?? bounty,
    })
    return { draft, checked, keys: sealed.keys, preparedAt: now(), overlap }
  }

  /** Signs and sends a prepared order. @throws NoTaskMadeError */
  const place = async ({ draft, checked, keys, preparedAt }: PreparedOrder): Promise<CreatedTask> => {
    // Two clocks need not agree: what counts is how long ago it was here, and how long it was to last there.
    if (now() - preparedAt > draft.expiresAt - draft.quote.asOf.at) {
      throw new NoTaskMadeError({
        what: 'The order was prepared too long ago: what was stored for it may be gone.',
        fix: 'Prepare it again; nothing was signed.',
      })
    }
    const sent = await (await context.signer()).signAndSendTransactions(checked.transactions)
    const last = sent.at(-1)
    const logs = last?.logs ?? []
    const created = eventsIn(logs).find(({ event }) => event === 'task_created')?.data as { task: string }[] | undefined
    if (created?.[0]) return { id: created[0].task, txHash: last!.txHash, keys }
    const found = logs.length === 0 ? await findByNonce(String(draft.message.nonce)) : null
    if (found !== null) return { id: found, txHash: last?.txHash ?? '', keys }
    const why = logs.find((line) => line.startsWith('E_')) ?? 'the market returned the transfer'
    throw new NoTaskMadeError({ what: `No task was made: ${why}.`, fix: 'The BLY is back with you; order again.' })
  }

  /** Of wallets that return no logs. */
  const findByNonce = async (nonce: string): Promise<string | null> => {
    const { accountId } = await context.signer()
    for (let attempt = 0; attempt < 30; attempt++) {
      const { items } = await list({ requester: accountId })
      for (const { id } of items) if ((await get(id)).spec.nonce === nonce) return id
      await pause(POLL_MS)
    }
    return null
  }

  const get = (id: string, signal?: AbortSignal): Promise<TaskDetail> =>
    http.json(taskDetail, `/api/v1/tasks/${encodeURIComponent(id)}`, { signal })
  const list = (query: { state?: string; requester?: string; cursor?: string; limit?: number } = {}) =>
    http.json(listOf(taskSummary), '/api/v1/tasks', { query })

  /** A new task appears at the gateway with its block, and a gateway may be away for a moment: neither ends a wait. */
  const getPatiently = async (id: string, signal?: AbortSignal): Promise<TaskDetail> => {
    for (let wait = 100, waited = 0; ; waited += wait, wait = Math.min(2 * wait, 2_000)) {
      try {
        return await get(id, signal)
      } catch (error) {
        if (!isPassing(error) || waited >= PATIENCE_MS) throw error
        await pause(wait, signal)
      }
    }
  }

  return {
    /** Price and odds, before anything is stored. */
    quote: (order: TaskOrder): Promise<QuoteReply> =>
      http.json(quoteReply, '/api/v1/tasks/quote', {
        method: 'POST',
        body: taskOrder.parse({ ...DEFAULTS, ...order }),
      }),
    prepare,
    place,
    /**
     * Orders a task: prepares, checks, signs.
     * @throws DataTextError, CeilingError, TransactionDiffersError, NoTaskMadeError, GatewayError, chain errors
     */
    create: async (order: TaskOrder, text: Uint8Array | string, options: CreateOptions = {}): Promise<CreatedTask> =>
      place(await prepare(order, text, options)),
    get,
    list,
    /** Waits until a task has ended, or until its pay is free. */
    async wait(
      id: string,
      {
        until = 'ended',
        signal,
        pollMs = POLL_MS,
      }: { until?: 'ended' | 'payable'; signal?: AbortSignal; pollMs?: number } = {},
    ): Promise<TaskDetail> {
      for (;;) {
        const task = await getPatiently(id, signal)
        if (until === 'ended' ? ENDED.has(task.state) : task.vested) return task
        await pause(pollMs, signal)
      }
    },
    /** Ends a task that nobody has been drawn for. */
    async cancel(id: string): Promise<string> {
      const { known } = await context.network()
      const path = `/api/v1/tasks/${encodeURIComponent(id)}/cancel`
      const reply = await http.json(unsignedTransactions, path, { method: 'POST' })
      const { transactions } = checkCancel(reply, id, known.contracts)
      return (await (await context.signer()).signAndSendTransactions(transactions)).at(-1)!.txHash
    },
    /** Opens the sealed test text of one round, where this side kept the keys. Anybody who knows the key may. */
    async openRoundKey(task: string, round: number, key: string): Promise<string> {
      const { known } = await context.network()
      const args = { task_id: task, round, key }
      const action = {
        type: 'FunctionCall' as const,
        methodName: 'open_key',
        args,
        gas: '20000000000000',
        deposit: '0',
      }
      const transactions = [{ receiverId: known.contracts.market, actions: [action] }]
      return (await (await context.signer()).signAndSendTransactions(transactions)).at(-1)!.txHash
    },
    /** Opens each round in time for as long as it runs: for orders with `opener: 'requester'`. Ends with the task. */
    async keepOpening(
      { id, keys }: Pick<CreatedTask, 'id' | 'keys'>,
      { signal, pollMs = POLL_MS }: { signal?: AbortSignal; pollMs?: number } = {},
    ): Promise<void> {
      for (;;) {
        const task = await getPatiently(id, signal)
        if (ENDED.has(task.state)) return
        const round = task.roundDetails.find(({ index }) => index === task.round)
        const key = keys[task.round]
        if (round?.phase === 'publish' && round.key === null && key !== undefined) {
          // Its turn may have passed meanwhile, or another tab was first: the next look tells.
          await this.openRoundKey(id, round.index, key).catch(() => undefined)
        }
        await pause(pollMs, signal)
      }
    },
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof GatewayUnreachableError) return true
  return error instanceof GatewayError && [404, 429, 502, 503].includes(error.problem.status)
}

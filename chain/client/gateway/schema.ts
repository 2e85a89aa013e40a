/**
 * What the gateway says and takes, as schemas: the gateway validates by them, its OpenAPI document is made from them, page
 * and SDK parse by them. Amounts are decimal attoBLY, times ms, hashes lower-case hex, lists `{ items, next }`.
 */
import { z } from 'zod'

export const atto = z.string().regex(/^\d{1,39}$/)
export const signedAtto = z.string().regex(/^-?\d{1,39}$/)
export const accountId = z
  .string()
  .min(2)
  .max(64)
  .regex(/^[a-z0-9]+([-_.][a-z0-9]+)*$/)
export const hashHex = z.string().regex(/^[0-9a-f]{64}$/)
export const cid = z
  .string()
  .max(128)
  .regex(/^b[a-z2-7]+$/)
export const taskId = z.string().regex(/^[1-9]\d{0,15}$/)
export const timeMs = z.number().int().nonnegative()
export const txHash = z.string().max(64)

/** Up to which block an answer is right. `stale`: the chain has not been heard from for a while. */
export const asOf = z.object({ height: z.number().int(), at: timeMs, stale: z.boolean() })
export type AsOf = z.infer<typeof asOf>

export const pageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable(), asOf })

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  what: z.string(),
  fix: z.string(),
  fault: z.enum(['user', 'config', 'peer', 'platform', 'internal']),
  data: z.record(z.string(), z.unknown()),
  id: z.string(),
})
export type Problem = z.infer<typeof problem>

// Tasks

export const TASK_STATES = ['Pending', 'Assigned', 'InProgress', 'Completed', 'Failed', 'Cancelled'] as const
export const taskState = z.enum(TASK_STATES)
/** Phases as people know them; the contract's own are in the evidence. */
export const PHASES = ['choosing', 'training', 'handing-in', 'checking', 'disputed', 'settled', 'payable'] as const
export const phaseName = z.enum(PHASES)

export const taskSummary = z.object({
  id: taskId,
  requester: accountId,
  state: taskState,
  reason: z.string().nullable(),
  /** First line of its page: what happened, or what it waits for. */
  sentence: z.string(),
  phase: phaseName,
  createdAt: timeMs,
  /** Place of the present round, from 0, and how many there are. */
  round: z.number().int(),
  rounds: z.number().int(),
  roundsSettled: z.number().int(),
  workers: z.number().int(),
  certainty: z.number().int(),
  smallPool: z.boolean(),
  bountyAtto: atto,
  paidAtto: atto,
  returnedAtto: atto,
  escrowAtto: atto,
  vested: z.boolean(),
  vestAt: timeMs.nullable(),
})
export type TaskSummary = z.infer<typeof taskSummary>

export const verdictLine = z.object({
  validator: accountId,
  /** Null while sealed. */
  verdict: z.enum(['ok', 'dispute', 'unserved']).or(z.string()).nullable(),
  leaf: z.number().int().nullable(),
  gainMicrobits: z.string().nullable(),
  state: z.enum(['drawn', 'committed', 'revealed', 'silent']),
})
export const disputeLine = z.object({
  id: z.string(),
  task: taskId,
  round: z.number().int(),
  submission: z.number().int(),
  trainer: accountId,
  disputer: accountId,
  kind: z.string(),
  leaf: z.number().int(),
  jurors: z.array(accountId),
  result: z.enum(['upheld', 'rejected', 'undecided', 'lapsed']).nullable(),
  openedAt: timeMs,
  decidedAt: timeMs.nullable(),
  tx: txHash,
})
export const submissionLine = z.object({
  index: z.number().int(),
  account: accountId,
  state: z.enum(['drawn', 'accepted', 'declined', 'committed', 'revealed', 'published', 'answered', 'out']),
  commitment: hashHex.nullable(),
  base: hashHex.nullable(),
  delta: cid.nullable(),
  outcome: z.enum(['accepted', 'rejected', 'undecided', 'missing']).or(z.string()).nullable(),
  fault: z.string().nullable(),
  gainMicrobits: z.string().nullable(),
  basePayAtto: atto,
  bonusAtto: atto,
  lostAtto: atto,
  receipt: z.number().int().nullable(),
  verdicts: z.array(verdictLine),
})
export const roundDetail = z.object({
  index: z.number().int(),
  attempt: z.number().int(),
  /** The contract's own phase. */
  phase: z.string(),
  shown: phaseName,
  openedAt: timeMs,
  phaseAt: timeMs,
  /** When the phase ends by itself. */
  deadline: timeMs.nullable(),
  settledAt: timeMs.nullable(),
  pool: z.number().int(),
  key: hashHex.nullable(),
  mergeSet: z.array(z.number().int()).nullable(),
  submissions: z.array(submissionLine),
  validators: z.array(accountId),
  disputes: z.array(disputeLine),
})
export type RoundDetail = z.infer<typeof roundDetail>

/** One thing that happened, as a sentence with its evidence. */
export const outcomeLine = z.object({
  at: timeMs,
  height: z.number().int(),
  tx: txHash,
  event: z.string(),
  who: z.string(),
  what: z.string(),
})

export const taskDetail = taskSummary.extend({
  spec: z.record(z.string(), z.unknown()),
  quote: z.record(z.string(), z.string()),
  spent: z.record(z.string(), atto),
  roundDetails: z.array(roundDetail),
  outcomes: z.array(outcomeLine),
  /** Bits per byte at each round's base on the text that the round opened; empty until somebody has computed it. */
  loss: z.object({
    points: z.array(z.object({ round: z.number().int(), bitsPerByte: z.number() })),
    unigram: z.number().nullable(),
    bigram: z.number().nullable(),
    trigram: z.number().nullable(),
  }),
  asOf,
})
export type TaskDetail = z.infer<typeof taskDetail>

/** What a requester chooses; sizes are derived from it. */
export const taskOrder = z.object({
  model: z.enum(['small', 'demo']).default('small'),
  rounds: z.number().int().min(1).max(100),
  steps: z.number().int().min(4).max(100_000),
  segments: z.number().int().min(4).max(256),
  workers: z.number().int().min(1).max(32),
  certainty: z.union([z.literal(50), z.literal(80), z.literal(90), z.literal(95), z.literal(99)]),
  payAtto: atto,
  class: z.enum(['any', 'edge', 'cloud', 'browser']).default('any'),
  smallPool: z.boolean().default(false),
  seed: z.string().regex(/^[0-9a-f]{1,64}$/),
})
export type TaskOrderBody = z.infer<typeof taskOrder>

export const quoteReply = z.object({
  bountyAtto: atto,
  trainersAtto: atto,
  validatorsAtto: atto,
  feeAtto: atto,
  reserveAtto: atto,
  depositAtto: atto,
  storageYocto: atto,
  validators: z.number().int(),
  samples: z.number().int(),
  /** Share of 1: a trainer who faked a tenth, and one who faked all, being caught at a third of hostile seats. */
  caughtTenth: z.number(),
  caughtAll: z.number(),
  operatorsNow: z.number().int(),
  operatorsNeeded: z.number().int(),
  smallPool: z.boolean(),
  asOf,
})
export type QuoteReply = z.infer<typeof quoteReply>

/** NEAR actions as wallets take them: only what the market needs. */
export const unsignedAction = z.object({
  type: z.literal('FunctionCall'),
  methodName: z.string(),
  args: z.record(z.string(), z.unknown()),
  /** Gas units. */
  gas: z.string().regex(/^\d+$/),
  /** yoctoNEAR. */
  deposit: z.string().regex(/^\d+$/),
})
export const unsignedTransactions = z.object({
  transactions: z.array(z.object({ receiverId: accountId, actions: z.array(unsignedAction).min(1) })),
})
export type UnsignedTransactions = z.infer<typeof unsignedTransactions>

/** Who opens the sealed test text of each round: the gateway could read it early; this tab loses the deposit if closed. */
export const KEY_OPENERS = ['gateway', 'requester'] as const
export const draftBody = z.object({
  order: taskOrder,
  /** Base64 of the training text. */
  training: z.string(),
  heldOut: z.object({
    head: hashHex,
    sets: z.array(z.object({ ciphertext: z.string(), root: hashHex, bytes: z.number().int().positive() })).min(1),
  }),
  opener: z.enum(KEY_OPENERS),
  /** Keys of the rounds, hex, present exactly when the gateway opens. */
  keys: z.array(hashHex).optional(),
})
export type DraftBody = z.infer<typeof draftBody>
export const draftReply = unsignedTransactions.extend({
  draft: z.string(),
  /** The `task` message that the transaction carries. */
  message: z.record(z.string(), z.unknown()),
  quote: quoteReply,
  data: z.object({ cid, sha256: hashHex, bytes: z.number().int() }),
  /** The canonical runtime that the task names: with it and the order, a client computes every byte of the task itself. */
  runtime: z.object({ version: z.string().max(32), wasmSha256: hashHex }),
  /** Sign before this time: what was stored is dropped when no task comes of it. */
  expiresAt: timeMs,
})
export type DraftReply = z.infer<typeof draftReply>

// Money that moves: replies are unsigned transactions

export const peerUrl = z.url({ protocol: /^https?$/ }).max(200)
/** A first stake names roles and peer; a later one adds to it. */
export const stakeBody = z.object({
  amountAtto: atto,
  roles: z
    .array(z.enum(['trainer', 'validator', 'server']))
    .min(1)
    .max(3)
    .optional(),
  /** Where peers reach the operator's node. */
  peer: peerUrl.optional(),
  class: z.enum(['edge', 'cloud', 'browser']).optional(),
  kind: z.string().max(64).optional(),
  /** Public key that the node signs with. */
  workerKey: z.string().max(128).optional(),
})
export type StakeBody = z.infer<typeof stakeBody>
export const unstakeBody = z.object({ amountAtto: atto })
/** Of what is leaving. */
export const restakeBody = z.object({ amountAtto: atto })
/** All that is payable when no amount is named. */
export const claimBody = z.object({ amountAtto: atto.optional() })
export type ClaimBody = z.infer<typeof claimBody>

// Nodes and network

export const nodeSummary = z.object({
  account: accountId,
  roles: z.array(z.string()),
  kind: z.string(),
  class: z.string(),
  state: z.enum(['working', 'idle', 'parked', 'left']),
  stakeAtto: atto,
  unbondingAtto: atto,
  seats: z.number().int(),
  since: timeMs,
  earnedAtto: atto,
  lostAtto: atto,
  accepted: z.number().int(),
  faults: z.number().int(),
})
export type NodeSummary = z.infer<typeof nodeSummary>
export const nodeStatus = nodeSummary.extend({
  peer: z.string(),
  freeAtto: atto,
  bondedAtto: atto,
  payableAtto: atto,
  lockedAtto: atto,
  payingAtto: atto,
  unbonding: z.array(z.object({ amountAtto: atto, at: timeMs })),
  /** When locked pay of which task comes free; null: not known yet. */
  payableFrom: z.array(z.object({ task: taskId, amountAtto: atto, at: timeMs.nullable() })),
  draws: z.array(
    z.object({
      task: taskId,
      round: z.number().int(),
      role: z.string(),
      at: timeMs,
      result: z.enum(['paid', 'unpaid', 'passed', 'open']),
      why: z.string(),
    }),
  ),
  earnings: z.array(z.object({ day: z.string(), reason: z.string(), amountAtto: signedAtto })),
  asOf,
})
export type NodeStatus = z.infer<typeof nodeStatus>
export const nodeStats = z.object({
  total: z.number().int(),
  working: z.number().int(),
  idle: z.number().int(),
  parked: z.number().int(),
  stakeAtto: atto,
  byRole: z.record(z.string(), z.number().int()),
  asOf,
})
export const networkStats = z.object({
  chainId: z.string(),
  operators: z.number().int(),
  tasks: z.record(z.string(), z.number().int()),
  receipts: z.number().int(),
  lastReceiptAt: timeMs.nullable(),
  paidAtto: atto,
  lostAtto: atto,
  burnedAtto: atto,
  supply: z.record(z.string(), atto),
  asOf,
})
export type NetworkStats = z.infer<typeof networkStats>
export const networkHealth = z.object({
  chain: z.enum(['ok', 'stale', 'away']),
  database: z.enum(['ok', 'away']),
  lagBlocks: z.number().int(),
  asOf,
})

// Receipts, models, why

export const receiptLine = z.object({
  index: z.number().int(),
  hash: hashHex,
  task: taskId,
  round: z.number().int(),
  worker: accountId,
  base: hashHex,
  delta: cid,
  gainMicrobits: z.string().nullable(),
  validators: z.number().int(),
  samples: z.number().int(),
  certainty: z.number().int(),
  pool: z.number().int(),
  smallPool: z.boolean(),
  profile: z.string(),
  beacon: z.string(),
  rewardAtto: atto,
  settledAt: timeMs,
  previous: hashHex,
  height: z.number().int(),
  tx: txHash,
})
export type ReceiptLine = z.infer<typeof receiptLine>
export const receiptReply = receiptLine.extend({
  /** Base64 of the canonical encoding. */
  bytes: z.string(),
  sentence: z.string(),
  asOf,
})
export const receiptProofReply = z.object({
  index: z.number().int(),
  leaf: hashHex,
  size: z.number().int(),
  root: hashHex,
  proof: z.array(hashHex),
  asOf,
})
export const modelLine = z.object({
  /** CIDv1 (raw, sha2-256) of the parameters' bytes: float32, little-endian, in the model's own order. */
  cid,
  hash: hashHex,
  task: taskId,
  /** The round that starts from it; the task's number of rounds for the last one. */
  round: z.number().int(),
  parent: cid.nullable(),
  final: z.boolean(),
  at: timeMs,
  /** Updates merged into it, by receipt. */
  receipts: z.array(z.number().int()),
  /** Whether this gateway holds the bytes. */
  held: z.boolean(),
})
export type ModelLine = z.infer<typeof modelLine>
export const modelReply = modelLine.extend({
  config: z
    .object({
      kind: z.literal('gpt'),
      layers: z.number(),
      width: z.number(),
      heads: z.number(),
      context: z.number(),
      vocab: z.number(),
      parameters: z.number(),
    })
    .nullable(),
  /** Where the bytes are, when held. */
  parametersUrl: z.string().nullable(),
  onnxUrl: z.string().nullable(),
  onnxSha256: hashHex.nullable(),
  asOf,
})
export type ModelReply = z.infer<typeof modelReply>

const figures = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))
export const evidence = z.object({
  tx: txHash,
  height: z.number().int(),
  at: timeMs,
  dispute: z.string().optional(),
  receipt: z.number().int().optional(),
})
export const whyLine = z.object({
  task: z.string().nullable(),
  round: z.number().int().nullable(),
  reason: z.string(),
  kind: z.enum(['pay', 'loss', 'move']),
  what: z.string(),
  rule: z.string(),
  figures,
  deltaAtto: signedAtto,
  bucket: z.enum(['locked', 'payable', 'paying', 'stake']).nullable(),
  evidence,
  recomputed: z.boolean().nullable(),
})
const balances = z.object({
  payable: signedAtto,
  locked: signedAtto,
  paying: signedAtto,
  stake: signedAtto,
  unbonding: signedAtto,
})
/** `Why` of chain/client/why with its amounts as text. */
export const whyReply = z.object({
  account: z.string(),
  task: z.string().nullable(),
  sentence: z.string(),
  lines: z.array(whyLine),
  earned: signedAtto,
  lost: signedAtto,
  balances,
  summed: balances,
  agrees: z.boolean(),
  differences: z.array(z.string()),
  orders: z.array(
    z.object({
      task: z.string(),
      state: z.string(),
      reason: z.string().nullable(),
      bounty: atto,
      spent: z.record(z.string(), signedAtto),
      returned: signedAtto,
      declined: signedAtto,
      open: signedAtto,
      agrees: z.boolean(),
    }),
  ),
  drawn: z.number().int(),
  passedOver: z.array(
    z.object({
      task: z.string(),
      round: z.number().int(),
      role: z.enum(['trainer', 'validator']),
      reason: z.enum(['PARKED', 'STAKE_FREE_TOO_LOW', 'SPARE', 'LOT']),
      what: z.string(),
      free: signedAtto,
      bond: signedAtto,
      evidence,
    }),
  ),
  /** Older draws that passed it by and are not in the list. */
  leftOut: z.number().int().default(0),
  asOf,
})
export type WhyReply = z.infer<typeof whyReply>

// Identity

export const SCOPES = ['read', 'tasks', 'infer', 'relay'] as const
export const scope = z.enum(SCOPES)
export type Scope = z.infer<typeof scope>

/** `link`: asked for while signed in with the other kind; what is signed then names both accounts. */
export const nonceBody = z.object({
  kind: z.enum(['evm', 'near']),
  account: z.string().min(2).max(64),
  purpose: z.enum(['sign-in', 'link']).default('sign-in'),
})
export const nonceReply = z.object({
  nonce: z.string(),
  expiresAt: timeMs,
  /** What the wallet signs: an EIP-4361 message, or the `message` of NEP-413 with `recipient` beside it. */
  message: z.string(),
  recipient: z.string(),
  /** Base64 of 32 bytes: NEP-413's own nonce; null for EVM. */
  nep413Nonce: z.string().nullable(),
})
export const loginBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('evm'), message: z.string().max(4_000), signature: z.string().max(20_000) }),
  z.object({
    kind: z.literal('near'),
    nonce: z.string().max(100),
    accountId,
    publicKey: z.string().max(120),
    /** Base64. */
    signature: z.string().max(200),
    callbackUrl: z.string().max(2_000).nullish(),
  }),
])
export const profileReply = z.object({
  user: z.string(),
  kind: z.enum(['evm', 'near']),
  /** The NEAR account that signs for the market; null while an EVM account is not linked. */
  account: accountId.nullable(),
  address: z.string().nullable(),
  createdAt: timeMs,
})
export type Profile = z.infer<typeof profileReply>
export const loginReply = z.object({ token: z.string(), expiresAt: timeMs, profile: profileReply })
export const billingLine = z.object({
  at: timeMs,
  height: z.number().int(),
  tx: txHash,
  deltaAtto: signedAtto,
  reason: z.string(),
  bucket: z.string(),
  task: taskId.nullable(),
  round: z.number().int().nullable(),
})
/** Without control characters: PostgreSQL keeps no NUL, and a terminal obeys the rest. */
const keyName = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}]+$/u)
export const apiKeyBody = z.object({ name: keyName, scopes: z.array(scope).min(1).max(4) })
export const apiKeyLine = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  createdAt: timeMs,
  lastUsedAt: timeMs.nullable(),
  revokedAt: timeMs.nullable(),
})
/** The key itself is in this reply and never again. */
export const apiKeyCreated = apiKeyLine.extend({ key: z.string() })

// Live

export const TOPICS = ['task_update', 'node_status', 'network_stats', 'round'] as const
export const topic = z.enum(TOPICS)
export type Topic = z.infer<typeof topic>
export const clientMessage = z.discriminatedUnion('type', [
  /** `token`: an access token or an API key; null watches what is public. */
  z.object({ type: z.literal('auth'), token: z.string().max(2_000).nullable() }),
  z.object({
    type: z.literal('subscribe'),
    topics: z
      .array(
        z
          .string()
          .max(80)
          .regex(/^(task_update|node_status|network_stats|round)(:[a-z0-9._-]{1,64})?$/),
      )
      .min(1)
      .max(20),
    cursor: z.string().max(60).optional(),
  }),
])
export const serverMessage = z.object({
  /** `ready` after auth, `subscribed` after subscribe, `error` with a problem, or a topic. */
  type: z.union([topic, z.enum(['ready', 'subscribed', 'error'])]),
  at: timeMs,
  cursor: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
})
export type ServerMessage = z.infer<typeof serverMessage>

/** What a page needs to begin with: `GET /api/v1/network`. */
export const networkReply = z.object({
  chainId: z.string(),
  genesisHash: z.string(),
  embedded: z.boolean(),
  contracts: z.object({ bly: accountId, market: accountId }),
  /** Same-origin door to the chain's JSON-RPC for the page, and the RPC itself. */
  rpcPath: z.string(),
  rpcUrl: z.string(),
  origin: z.string(),
  asOf,
})
export type NetworkReply = z.infer<typeof networkReply>

/** Hash of the index's rows: the same for every gateway of the same chain at the same height. */
export const networkIndexReply = z.object({
  height: z.number().int(),
  sha256: hashHex,
  database: z.enum(['pglite', 'postgres']),
  asOf,
})

/** Development money, on the embedded network alone. */
export const faucetBody = z.object({
  /** Without the network's ending, such as `alice`. */
  name: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .min(2)
    .max(32),
  publicKey: z.string().regex(/^ed25519:[1-9A-HJ-NP-Za-km-z]{32,44}$/),
})
export const faucetReply = z.object({ account: accountId, blyAtto: atto, nearYocto: z.string().regex(/^\d+$/) })

/** A SignedDelegateAction of NEP-366: borsh in base64. */
export const relayBody = z.object({ signedDelegate: z.base64().max(24_000) })
export const relayReply = z.object({ txHash, gasBurntTGas: z.number() })

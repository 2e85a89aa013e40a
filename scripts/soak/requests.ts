/**
 * `npm run soak:requests -- --json FILE`: seeded requests, made from its own OpenAPI document, against a whole gateway over a
 * played market: each operation gives a success and a refusal, no 5xx, and nothing outside its schema.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base64ToBytes } from '../../chain/lib/bytes.ts'
import { keyPairFromPhrase } from '../../chain/lib/key.ts'
import { signNep413 } from '../../test/fixtures/identityWorld.ts'
import { serveWorld, WORLD } from '../../test/fixtures/indexWorld.ts'
import { WorldPlayer } from '../../test/fixtures/indexWorldPlay.ts'
import { type FuzzOptions, type FuzzRequest, fuzzRequests } from '../../test/fixtures/requestFuzz.ts'
import { openLog } from '../../workers/gateway/log.ts'
import { startGateway } from '../../workers/gateway/start.ts'
import { finishSoak, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak requests',
  sentence: 'Sends seeded requests from the specification to a whole gateway and holds every answer against it.',
  flags: {
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    seed: { type: 'integer', help: 'of the requests', default: '1', min: 0, max: 2 ** 31 },
    requests: { type: 'integer', help: 'how many', default: '20000', min: 100, max: 1_000_000 },
  },
} as const

/** Their success needs what this soak has not; while it lacks, they may answer 502 or 503. */
const NEED_MORE: Readonly<Record<string, string>> = {
  createCompletion: 'a server of answers',
  createChatCompletion: 'a server of answers',
  getServedModel: 'a server of answers',
  postChat: 'a server of answers',
  postRelay: 'a relay budget',
  getModelsByCidParameters: 'peers that hold the updates',
  getModelsByCidOnnx: 'peers that hold the updates',
  getTasksByIdModel: 'peers that hold the updates',
  postTasks: 'a text and its sealed test sets',
  postTasksByIdCancel: 'a task of the visitor that goes on',
  postUserLink: 'proofs of two wallets',
  postUserUnlink: 'a link',
}
/** A wallet of NEAR; its key is one of the account's, as the chain says here. */
const WALLET = 'operator-0.near'
const ORDER = {
  model: 'small',
  rounds: 2,
  steps: 16,
  segments: 4,
  workers: 2,
  certainty: 50,
  payAtto: '1000000000000000000',
  smallPool: true,
  seed: '01',
}

/** What the played token does not tell: that accounts are registered with it. */
const STORAGE = {
  result: [...Buffer.from(JSON.stringify({ total: '1', available: '0', min: '1', max: '1' }))],
  logs: [],
}
const REGISTRATION = {
  amountAtto: '100000000000000000000',
  roles: ['trainer'],
  peer: 'http://127.0.0.1:9000',
  class: 'cloud',
  kind: 'machine',
}

interface KeyLine {
  id: string
  name: string
  revokedAt: number | null
}

const flags = soakFlags(SPEC)
const startedAt = Date.now()
const dir = mkdtempSync(join(tmpdir(), 'blyan-soak-requests-'))
const say = (what: string) => process.stderr.write(`${Math.round((Date.now() - startedAt) / 1000)} s  ${what}\n`)
const log = openLog(join(dir, 'gateway'))
const player = new WorldPlayer({ tasks: 6, operators: 16, workers: 3, rounds: 2, seed: String(flags.seed) })
while (!player.done) player.step()
const keys = keyPairFromPhrase(`soak ${flags.seed}`)
const chain = await serveWorld(async (method, params, signal) => {
  const asked = params as Record<'request_type' | 'account_id' | 'public_key' | 'method_name', string | undefined>
  if (asked.account_id === WORLD.bly && asked.method_name?.startsWith('storage_balance')) return STORAGE
  const isKey = method === 'query' && asked.request_type === 'view_access_key'
  if (!isKey || asked.account_id !== WALLET) return player.world.rpc(method, params, signal)
  return { nonce: 1, permission: asked.public_key === keys.publicKey ? 'FullAccess' : { FunctionCall: {} } }
})
const gateway = await startGateway({
  rpcUrl: chain.url,
  dir: join(dir, 'gateway'),
  port: 0,
  contracts: { bly: WORLD.bly, market: WORLD.market },
  version: '0.0.0',
  limits: { anonymous: 1e9, visitor: 1e9 },
  strict: true,
  log,
})
try {
  await gateway.caughtUp()
  say(`a gateway over ${player.options.tasks} tasks at ${gateway.url}`)
  let { token } = await signIn()
  const key = await post('/api/v1/user/api-keys', { name: 'soak', scopes: ['read', 'tasks', 'infer', 'relay'] }, token)
  const { items } = (await (await fetch(`${gateway.url}/api/v1/models`)).json()) as { items: { cid: string }[] }
  const json = (value: object) => async (): Promise<Partial<FuzzRequest>> => ({
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await present()}` },
    body: JSON.stringify(value),
  })
  const visitors = [`Bearer ${token}`, `Bearer ${(key as { key: string }).key}`]
  /** Some request of the many ends the session that they share. */
  const present = async (): Promise<string> => {
    const { ok } = await fetch(`${gateway.url}/api/v1/user/profile`, { headers: { authorization: `Bearer ${token}` } })
    if (!ok) token = (await signIn()).token
    visitors[0] = `Bearer ${token}`
    return token
  }
  const { requests, operations, faults } = await fuzzRequests({
    url: gateway.url,
    document: (await (await fetch(`${gateway.url}/openapi.json`)).json()) as FuzzOptions['document'],
    seed: flags.seed.toString(16).padStart(8, '0'),
    requests: flags.requests,
    pools: {
      id: ['1', '2', '3', player.operators[0]!],
      n: ['0', '1', '2'],
      cid: items.map(({ cid }) => cid),
      account: [player.operators[0]!, player.requesters[0]!],
      worker: player.operators,
      requester: player.requesters,
      task: ['1', '2'],
      amountAtto: ['1000000000000000000'],
    },
    visitors,
    recipes: {
      postAuthLogin: async () => ({ body: JSON.stringify(await signedLogin()) }),
      postAuthRefresh: async () => ({ headers: { cookie: (await signIn()).cookie, origin: gateway.origin } }),
      postAuthLogout: async () => ({
        headers: { authorization: `Bearer ${(await signIn()).token}`, origin: gateway.origin },
      }),
      postNodesRegister: json(REGISTRATION),
      postP2pRegister: json(REGISTRATION),
      postNodesStake: json({ amountAtto: '100000000000000000000' }),
      postUserClaim: json({}),
      postTasksQuote: json(ORDER),
      deleteUserApiKeysById: async (): Promise<Partial<FuzzRequest>> => {
        const bearer = await present()
        const made =
          (await spareKey(bearer)) ??
          ((await post('/api/v1/user/api-keys', { name: 'gone', scopes: ['read'] }, bearer)) as { id: string })
        return { path: `/api/v1/user/api-keys/${made.id}`, headers: { authorization: `Bearer ${bearer}` } }
      },
      postRpc: async () => ({
        headers: { 'content-type': 'application/json' },
        body: '{"jsonrpc":"2.0","id":"1","method":"status","params":[]}',
      }),
    },
    lacking: new Set(Object.keys(NEED_MORE)),
    // One address may have 32 sign-ins unanswered.
    seldom: { getNetworkIndex: 20, postAuthNonce: 16 },
  })
  const incomplete = Object.entries(operations)
    .filter(([id, { succeeded, refused }]) => refused === 0 || (succeeded === 0 && !(id in NEED_MORE)))
    .map(([id]) => id)
  const needed = Object.keys(NEED_MORE).filter((id) => operations[id]?.succeeded === 0)
  const count = Object.keys(operations).length
  process.exitCode = finishSoak(
    { name: 'soak.requests', seed: flags.seed, startedAt },
    {
      ok: faults.length === 0 && incomplete.length === 0,
      summary: `${requests} requests of ${count} operations: ${faults.length} faults, ${incomplete.length} without success or refusal, ${needed.length} that need more`,
      requests,
      operations,
      incomplete,
      needMore: Object.fromEntries(needed.map((id) => [id, NEED_MORE[id]])),
      faults: faults.slice(0, 50),
    },
    flags.json,
  )

  async function post(path: string, body: object, bearer?: string): Promise<unknown> {
    const headers = { 'content-type': 'application/json', origin: gateway.origin }
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: bearer === undefined ? headers : { ...headers, authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  /** A working key that some request has made; one may have twenty. */
  async function spareKey(bearer: string): Promise<{ id: string } | null> {
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path = `/api/v1/user/api-keys?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
      const response = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${bearer}` } })
      const page = (await response.json()) as { items: KeyLine[]; next: string | null }
      const spare = page.items.find(({ name, revokedAt }) => name !== 'soak' && revokedAt === null)
      if (spare !== undefined) return spare
      cursor = page.next
    }
    return null
  }
  async function signedLogin(): Promise<object> {
    const asked = { kind: 'near', account: WALLET }
    const given = (await post('/api/v1/auth/nonce', asked)) as Record<
      'message' | 'recipient' | 'nep413Nonce' | 'nonce',
      string
    >
    const { message, recipient, nep413Nonce, nonce } = given
    const signature = signNep413(keys, { message, recipient, nonce: base64ToBytes(nep413Nonce), callbackUrl: null })
    return { kind: 'near', nonce, accountId: WALLET, publicKey: keys.publicKey, signature, callbackUrl: null }
  }
  async function signIn(): Promise<{ token: string; cookie: string }> {
    const response = await fetch(`${gateway.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: gateway.origin },
      body: JSON.stringify(await signedLogin()),
    })
    const { token } = (await response.json()) as { token: string }
    return { token, cookie: (response.headers.get('set-cookie') ?? '').split(';')[0]! }
  }
} finally {
  await gateway.stop()
  await chain.close()
  log.close()
  rmSync(dir, { recursive: true, force: true })
}

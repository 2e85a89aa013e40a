/** What the client makes of a gateway's answers, good and bad, over real sockets. */
import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { WebSocket, WebSocketServer } from 'ws'
import { modelCid } from '../../../../../chain/client/content/index.ts'
import { encodeReceipt, type Receipt, toHex, ZERO_HASH } from '../../../../../chain/client/protocol.ts'
import { listRoot } from '../../../../../chain/client/receipts.ts'
import { Blyan, nep413Hash, sameJson, walletSigner } from '../../../../../chain/client/sdk/index.ts'
import { base64ToBytes, bytesToBase58, bytesToBase64 } from '../../../../../chain/lib/bytes.ts'
import { keccak256, sha256 } from '../../../../../chain/lib/hash.ts'
import { keyPairFromPhrase, verifySignature } from '../../../../../chain/lib/key.ts'
import { type CannedGateway, startCannedGateway } from './site.ts'

const asOf = { height: 9, at: 1, stale: false }
const NETWORK = {
  chainId: 'blyan-local',
  genesisHash: 'genesis',
  embedded: true,
  contracts: { bly: 'liar.test.near', market: 'liar.test.near' },
  rpcPath: '/rpc',
  rpcUrl: 'http://127.0.0.1:1',
  origin: 'http://127.0.0.1:1',
  asOf,
}
const PROBLEM = {
  type: '/docs#X',
  title: 'x',
  status: 409,
  code: 'ORDER_CONFLICT',
  what: 'It is.',
  fix: 'Do.',
  fault: 'user',
  data: {},
  id: 'r-1',
}
const KEYS = keyPairFromPhrase('sdk')
const SIGNER = { accountId: 'alice.test.near', secretKey: KEYS.secretKey }

async function errorOf(
  work: Promise<unknown>,
): Promise<{ code: string; id: string | null; data: Record<string, unknown> }> {
  return work.then(
    () => {
      throw new Error('no error came')
    },
    (error) => error,
  )
}

describe('the client of a gateway', () => {
  let gateway: CannedGateway
  beforeEach(async () => {
    gateway = await startCannedGateway()
  })
  afterEach(() => gateway.close())

  it('says what the gateway said, with its code and id', async () => {
    gateway.answer = () => ({ status: 409, body: PROBLEM })
    const error = await errorOf(new Blyan({ gateway: gateway.url }).tasks.get('1'))
    expect(error).to.include({ code: 'ORDER_CONFLICT', id: 'r-1', what: 'It is.', fix: 'Do.', fault: 'user' })
  })

  it('tells a gateway that is away from one that answers with something else', async () => {
    const blyan = new Blyan({ gateway: gateway.url })
    gateway.answer = () => ({ status: 500, body: '<html>' })
    expect((await errorOf(blyan.tasks.get('1'))).code).to.equal('SDK_GATEWAY_ANSWER')
    gateway.answer = () => ({ body: { id: 1 } })
    expect((await errorOf(blyan.tasks.get('1'))).code).to.equal('SDK_GATEWAY_ANSWER')
    gateway.answer = () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' } })
    expect((await errorOf(blyan.tasks.get('1'))).code).to.equal('SDK_GATEWAY_UNREACHABLE')
    const gone = new Blyan({ gateway: 'http://127.0.0.1:1' })
    expect((await errorOf(gone.tasks.get('1'))).code).to.equal('SDK_GATEWAY_UNREACHABLE')
  })

  it('takes contracts from its own table, whatever the gateway calls them', async () => {
    gateway.answer = ({ path }) =>
      path === '/api/v1/network'
        ? { body: NETWORK }
        : { body: { transactions: [call('liar.test.near', 'claim', { amount: '5' })] } }
    const error = await errorOf(new Blyan({ gateway: gateway.url, signer: silent() }).claim(5n))
    expect(error.code).to.equal('SDK_TRANSACTION_DIFFERS')
    expect(error.data).to.include({ field: 'receiverId', got: '"liar.test.near"' })
  })

  it('signs in by NEP-413 over what was asked, as another implementation hashes it', async () => {
    const nonce = new Uint8Array(32).fill(5)
    const message = 'Sign in to Blyan.'
    const recipient = new URL(gateway.url).host
    let login: Record<string, string> = {}
    gateway.answer = ({ path, body, authorization }) => {
      if (path.endsWith('/nonce'))
        return { body: { nonce: 'n', expiresAt: 1, message, recipient, nep413Nonce: bytesToBase64(nonce) } }
      if (path.endsWith('/login')) {
        login = JSON.parse(body)
        const profile = {
          user: 'near:alice.test.near',
          kind: 'near',
          account: 'alice.test.near',
          address: null,
          createdAt: 1,
        }
        return { body: { token: 'token-1', expiresAt: 1, profile } }
      }
      return authorization === 'Bearer token-1'
        ? { body: { items: [], next: null, asOf } }
        : { status: 401, body: PROBLEM }
    }
    const blyan = new Blyan({ gateway: gateway.url, signer: SIGNER })
    expect((await blyan.auth.signIn()).account).to.equal('alice.test.near')
    const payload = { message, nonce, recipient, callbackUrl: null }
    const hash = nep413Hash(payload)
    // Borsh by hand: tag, message, nonce, recipient, no callback.
    const text = (value: string): Buffer => Buffer.concat([u32(value.length), Buffer.from(value)])
    const encoded = Buffer.concat([u32(2 ** 31 + 413), text(message), nonce, text(recipient), Buffer.of(0)])
    expect(toHex(hash)).to.equal(createHash('sha256').update(encoded).digest('hex'))
    const signature = `ed25519:${bytesToBase58(base64ToBytes(login.signature!))}`
    expect(verifySignature(login.publicKey!, hash, signature)).to.equal(true)
    expect((await blyan.tasks.list()).items).to.deep.equal([])
  })

  it('signs in again by itself, once, when its token has run out', async () => {
    let logins = 0
    gateway.answer = ({ path, authorization }) => {
      const recipient = new URL(gateway.url).host
      if (path.endsWith('/nonce')) {
        return {
          body: { nonce: 'n', expiresAt: 1, message: 'm', recipient, nep413Nonce: bytesToBase64(new Uint8Array(32)) },
        }
      }
      if (path.endsWith('/login')) {
        logins += 1
        const profile = { user: 'near:a', kind: 'near', account: 'alice.test.near', address: null, createdAt: 1 }
        return { body: { token: `token-${logins}`, expiresAt: 1, profile } }
      }
      if (authorization === 'Bearer token-2') return { body: { items: [], next: null, asOf } }
      return { status: 401, body: { ...PROBLEM, status: 401 } }
    }
    const blyan = new Blyan({ gateway: gateway.url, signer: SIGNER })
    await blyan.auth.signIn()
    await Promise.all([blyan.tasks.list(), blyan.tasks.list(), blyan.receipts.list()])
    expect(logins).to.equal(2)
  })

  it('gives no signature meant for another site, nor to a gateway in the middle', async () => {
    gateway.answer = () => ({
      body: {
        nonce: 'n',
        expiresAt: 1,
        message: 'm',
        recipient: 'bank.example',
        nep413Nonce: bytesToBase64(new Uint8Array(32)),
      },
    })
    const error = await errorOf(new Blyan({ gateway: gateway.url, signer: SIGNER }).auth.signIn())
    expect(error.code).to.equal('SDK_TRANSACTION_DIFFERS')
    expect(gateway.seen.map(({ path }) => path)).to.deep.equal(['/api/v1/auth/nonce'])
  })

  it('checks receipts against a root of the RPC that the caller chose, and says which link breaks', async () => {
    const receipts: { bytes: Uint8Array; hash: string }[] = []
    for (const index of [0, 1]) {
      const bytes = encodeReceipt({ ...RECEIPT, index: String(index), previous: receipts.at(-1)?.hash ?? ZERO_HASH })
      receipts.push({ bytes, hash: toHex(keccak256(bytes)) })
    }
    const root = listRoot(receipts.map(({ hash }) => hash))
    const other = await startCannedGateway()
    const heights: number[] = []
    other.answer = ({ body }) => {
      heights.push(JSON.parse(body).params.block_id)
      return { body: { result: { result: [...Buffer.from(JSON.stringify({ size: 2, root }))], logs: [] } } }
    }
    let served = receipts
    gateway.answer = ({ path }) => {
      if (path === '/api/v1/network') return { body: NETWORK }
      const index = Number(/receipts\/(\d+)/.exec(path)?.[1])
      const { hash, bytes } = served[index]!
      if (path.endsWith('/proof')) {
        const step = receipts[1 - index]!.hash
        return { body: { index, leaf: hash, size: 2, root, proof: [step], asOf } }
      }
      return { body: { ...LINE, index, hash, bytes: bytesToBase64(bytes), sentence: 's', asOf } }
    }
    const blyan = new Blyan({ gateway: gateway.url })
    const check = await blyan.receipts.verify(1, { rpcUrl: other.url })
    expect(check.broken).to.equal(null)
    expect(check.passed).to.have.length(5)
    expect(heights).to.deep.equal([9])
    const forged = encodeReceipt({ ...RECEIPT, index: '1', previous: receipts[0]!.hash, reward: '1' })
    served = [receipts[0]!, { bytes: forged, hash: toHex(keccak256(forged)) }]
    expect((await blyan.receipts.verify(1, { rpcUrl: other.url })).broken?.code).to.equal('RECEIPT_PROOF_WRONG')
    await other.close()
  })

  it('refuses a model whose bytes are not those of its address', async () => {
    const bytes = new Uint8Array(64).fill(3)
    const cid = modelCid(toHex(sha256(bytes)))
    const model = {
      cid,
      hash: toHex(sha256(bytes)),
      task: '1',
      round: 1,
      parent: null,
      final: true,
      at: 1,
      receipts: [],
      held: true,
      config: null,
      parametersUrl: null,
      onnxUrl: null,
      onnxSha256: null,
      asOf,
    }
    let file: Uint8Array = bytes
    gateway.answer = ({ path }) => (path.endsWith('/parameters') ? { body: file } : { body: model })
    const blyan = new Blyan({ gateway: gateway.url })
    expect((await blyan.models.download('1', { format: 'parameters' })).bytes).to.deep.equal(bytes)
    file = bytes.slice(1)
    expect((await errorOf(blyan.models.download('1', { format: 'parameters' }))).code).to.equal('SDK_FILE_DIFFERS')
  })

  it('follows events across broken connections from the last cursor on, without gap or double', async () => {
    const server = new WebSocketServer({ server: gateway.server, path: '/ws' })
    const asked: (string | undefined)[] = []
    let connections = 0
    server.on('connection', (socket) => {
      const first = ++connections === 1
      const say = (message: object): void => socket.send(JSON.stringify({ at: 1, cursor: null, data: {}, ...message }))
      socket.on('message', (data) => {
        const message = JSON.parse(String(data))
        if (message.type === 'auth') return say({ type: 'ready' })
        asked.push(message.cursor)
        say({ type: 'subscribed' })
        const from = Number(message.cursor ?? 0)
        for (let i = from + 1; i <= (first ? 3 : 6); i++) say({ type: 'task_update', cursor: String(i), data: { i } })
        if (first) socket.terminate()
      })
    })
    const stop = new AbortController()
    const got: unknown[] = []
    const blyan = new Blyan({ gateway: gateway.url, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket })
    for await (const { data } of blyan.events({ topics: ['task_update'], signal: stop.signal })) {
      got.push(data.i)
      if (got.length === 6) stop.abort()
    }
    expect(got).to.deep.equal([1, 2, 3, 4, 5, 6])
    expect(asked).to.deep.equal([undefined, '3'])
    server.close()
  })

  it('ends a stream that the gateway refuses, with the reason', async () => {
    const server = new WebSocketServer({ server: gateway.server, path: '/ws' })
    server.on('connection', (socket) => {
      socket.on('message', () => socket.send(JSON.stringify({ type: 'error', at: 1, cursor: null, data: PROBLEM })))
    })
    const blyan = new Blyan({ gateway: gateway.url, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket })
    expect((await errorOf(blyan.events({ topics: ['round:1'] }).next())).code).to.equal('ORDER_CONFLICT')
    server.close()
  })

  it('opens its own rounds in their turn, goes on after a failure, and ends with the task', async () => {
    const opened: unknown[] = []
    let looks = 0
    gateway.answer = ({ path }) => {
      if (path === '/api/v1/network') return { body: NETWORK }
      looks += 1
      const round = looks < 4 ? 0 : 1
      const phase = looks === 1 ? 'commit' : 'publish'
      return {
        body: detail({
          state: looks < 7 ? 'InProgress' : 'Completed',
          round,
          phase,
          key: looks === 4 ? 'ab'.repeat(32) : null,
        }),
      }
    }
    const blyan = new Blyan({
      gateway: gateway.url,
      signer: {
        accountId: 'alice.test.near',
        signAndSendTransactions: async ([transaction]) => {
          const { methodName, args, deposit } = transaction!.actions[0]!
          opened.push([transaction!.receiverId, methodName, deposit, args.round, args.key])
          if (opened.length === 1) throw new Error('the chain is away')
          return [{ txHash: 't', logs: [] }]
        },
      },
    })
    await blyan.tasks.keepOpening({ id: '1', keys: ['k0', 'k1'] }, { pollMs: 1 })
    const at = (round: number) => ['market.test.near', 'open_key', '0', round, `k${round}`]
    expect(opened).to.deep.equal([at(0), at(0), at(1), at(1)])
  })

  it('hands transactions to wallets in their own form, and reads what they return', async () => {
    const got: unknown[] = []
    const wallet = walletSigner('alice.test.near', {
      signAndSendTransactions: async ({ transactions }) => {
        got.push(...transactions)
        return [
          {
            transaction: { hash: 'abc' },
            transaction_outcome: { outcome: { logs: ['one'] } },
            receipts_outcome: [{ outcome: { logs: ['two'] } }],
          },
        ]
      },
    })
    const transaction = call('market.test.near', 'claim', { amount: '5' })
    expect(await wallet.signAndSendTransactions([transaction])).to.deep.equal([{ txHash: 'abc', logs: ['one', 'two'] }])
    const { type, ...params } = transaction.actions[0]!
    expect(got).to.deep.equal([{ receiverId: 'market.test.near', actions: [{ type, params }] }])
    expect(wallet.signMessage).to.equal(undefined)
  })

  it('says what it was not given, before anything is sent', async () => {
    gateway.answer = () => ({ body: NETWORK })
    const blyan = new Blyan({ gateway: gateway.url })
    expect((await errorOf(blyan.tasks.create({}, 'text'))).data).to.include({ field: 'firstParameters' })
    expect((await errorOf(blyan.tasks.openRoundKey('1', 0, 'ab'))).data).to.include({ field: 'signer' })
    gateway.answer = () => ({ body: { ...NETWORK, chainId: 'elsewhere' } })
    expect((await errorOf(new Blyan({ gateway: gateway.url }).network())).data).to.include({ field: 'contracts' })
  })
})

describe('comparing JSON', () => {
  it('sees every difference, and no order of keys', () => {
    expect(sameJson({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).to.equal(null)
    expect(sameJson({ a: [1] }, { a: [1, 2] })?.path).to.equal('.a.1')
    expect(sameJson({ a: 1 }, { a: '1' })?.path).to.equal('.a')
    expect(sameJson({}, JSON.parse('{"__proto__":{"a":1}}'))?.path).to.equal('.__proto__')
    expect(sameJson([], {})?.path).to.equal('')
    expect(sameJson({ a: undefined }, {})).to.equal(null)
    expect(sameJson({ a: null }, {})?.path).to.equal('.a')
    expect(sameJson({ toString: 1 }, {})?.path).to.equal('.toString')
  })
})

const RECEIPT: Omit<Receipt, 'index' | 'previous'> = {
  version: 1,
  task: '1',
  round: 0,
  worker: 'trainer.test.near',
  base: 'ab'.repeat(32),
  delta: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
  gain: '5',
  validators: 3,
  samples: 4,
  certainty: 50,
  pool: 9,
  smallPool: true,
  profile: 'canonical',
  beacon: 'near',
  reward: '7',
  settledAt: 1,
}
const LINE = {
  task: '1',
  round: 0,
  worker: 'trainer.test.near',
  base: 'ab'.repeat(32),
  delta: RECEIPT.delta,
  gainMicrobits: '5',
  validators: 3,
  samples: 4,
  certainty: 50,
  pool: 9,
  smallPool: true,
  profile: 'canonical',
  beacon: 'near',
  rewardAtto: '7',
  settledAt: 1,
  previous: 'ab'.repeat(32),
  height: 1,
  tx: 't',
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

const call = (receiverId: string, methodName: string, args: Record<string, unknown>) => ({
  receiverId,
  actions: [{ type: 'FunctionCall' as const, methodName, args, gas: '1', deposit: '1' }],
})

/** Signs nothing on the chain: the tests before it must have refused. */
const silent = () => ({
  accountId: 'alice.test.near',
  signAndSendTransactions: () => Promise.reject(new Error('asked')),
})

const detail = ({ state, round, phase, key }: { state: string; round: number; phase: string; key: string | null }) => ({
  id: '1',
  requester: 'alice.test.near',
  state,
  reason: null,
  sentence: 's',
  phase: 'training',
  createdAt: 1,
  round,
  rounds: 2,
  roundsSettled: round,
  workers: 1,
  certainty: 50,
  smallPool: true,
  bountyAtto: '1',
  paidAtto: '0',
  returnedAtto: '0',
  escrowAtto: '1',
  vested: false,
  vestAt: null,
  spec: {},
  quote: {},
  spent: {},
  roundDetails: [
    {
      index: round,
      attempt: 1,
      phase,
      shown: 'training',
      openedAt: 1,
      phaseAt: 1,
      deadline: null,
      settledAt: null,
      pool: 1,
      key,
      mergeSet: null,
      submissions: [],
      validators: [],
      disputes: [],
    },
  ],
  outcomes: [],
  loss: { points: [], unigram: null, bigram: null, trigram: null },
  asOf,
})

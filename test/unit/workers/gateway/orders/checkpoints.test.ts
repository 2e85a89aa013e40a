/** Checkpoints merged by the gateway: the chain's updates and nothing else, once, and the same after a restart. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { fileCid, modelCid, rawCid } from '../../../../../chain/client/content/index.ts'
import { sealHeldOut } from '../../../../../chain/client/heldOut/index.ts'
import { ADAMW_COUNTERS, choiceOf, taskDocuments } from '../../../../../chain/client/order/index.ts'
import { toHex } from '../../../../../chain/client/protocol.ts'
import { sha256 } from '../../../../../chain/lib/hash.ts'
import { mergeDeltas } from '../../../../../workers/aggregate/index.ts'
import { decodeDelta, encodeDelta } from '../../../../../workers/delta/index.ts'
import { gpt, initialParameters, rng } from '../../../../../workers/engine/index.ts'
import { type OpenedDatabase, openDatabase } from '../../../../../workers/gateway/database/index.ts'
import { models, tasks } from '../../../../../workers/gateway/database/schema/chain.ts'
import { type Checkpoints, canonicalRuntimeId, createCheckpoints } from '../../../../../workers/gateway/orders/index.ts'
import { isFetchable } from '../../../../../workers/gateway/orders/peers.ts'
import type { Parts } from '../../../../../workers/gateway/types.ts'
import { ViewShapeError } from '../../../../../workers/node/errors.ts'
import type { MarketViews } from '../../../../../workers/node/views.ts'
import { componentBytes } from '../../../../../workers/proof/index.ts'
import { storageNode } from '../../../../../workers/storage/index.ts'
import type { CatOptions, ContentStore } from '../../../../../workers/storage/types.ts'
import { plainText } from '../../../../fixtures/ordersWorld.ts'

const TASK = '7'
const ROUNDS = 2
const BYTES = 4_096

describe('checkpoints of the gateway', () => {
  let dir: string
  let store: ContentStore
  let opened: OpenedDatabase
  let views: MarketViews
  let checkpoints: Checkpoints
  let listener: Parameters<Parts['head']['onBlock']>[0] = () => {}
  const bases: Float32Array[] = []
  const named: (string | null)[] = []
  const fetched: string[] = []
  const deltas: string[] = []
  const log: string[] = []
  let settled = ROUNDS
  let version = 1
  const stop = new AbortController()

  const hashOf = (values: Float32Array): string => toHex(sha256(componentBytes(values)))
  const open = (from: Pick<ContentStore, 'cat'> = store, folder = join(dir, 'checkpoints')): Checkpoints =>
    createCheckpoints({
      parts: {
        config: { embedded: true } as Parts['config'],
        db: opened.db,
        head: {
          asOf: () => ({ height: 1, at: 1, stale: false }),
          version: () => version,
          onBlock: (each) => {
            listener = each
            return () => {}
          },
        },
        log: {
          info: (what) => log.push(what),
          warn: (what, data) => log.push(`${what} ${data?.code}`),
          error: () => {},
        },
        now: () => 1,
        signal: stop.signal,
      },
      views,
      store: {
        cat: (cid, options) => {
          fetched.push(cid)
          return from.cat(cid, options)
        },
      },
      runtime: canonicalRuntimeId(),
      dir: folder,
    })

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-checkpoints-'))
    opened = await openDatabase({ dir: null })
    store = storageNode({ dir: join(dir, 'ipfs'), rpcPort: null, gatewayPort: null })
    await store.start()
    const order = {
      model: 'small',
      rounds: ROUNDS,
      steps: 16,
      segments: 8,
      workers: 1,
      certainty: 50,
      payAtto: `${10n ** 19n}`,
      class: 'any',
      smallPool: true,
      seed: '1',
    } as const
    const training = plainText(20_000)
    const text = plainText(60_000).subarray(-BYTES * ROUNDS)
    const sets = Array.from({ length: ROUNDS }, (_, i) => text.slice(BYTES * i, BYTES * (i + 1)))
    const sealed = await sealHeldOut({ sets, seed: new Uint8Array(32).fill(3) })
    const choice = choiceOf(order, { embedded: true, head: sealed.head })
    const model = gpt(choice.model)
    const first = initialParameters(model, choice.modelSeed)
    const documents = taskDocuments(choice, {
      training: { cid: fileCid(training), bytes: training.length, sha256: toHex(sha256(training)) },
      heldOut: {
        head: sealed.head,
        sets: sealed.sets.map(({ ciphertext, root, bytes }) => ({ ciphertext: fileCid(ciphertext), root, bytes })),
      },
      first: { cid: fileCid(componentBytes(first)), sha256: hashOf(first), parameters: model.size },
      runtime: canonicalRuntimeId(),
      counters: ADAMW_COUNTERS,
      peer: null,
    })
    const { documentBytes, heldOutBytes, document, message } = documents
    for (const bytes of [training, componentBytes(first), documentBytes, heldOutBytes]) await store.add(bytes)
    for (const { ciphertext } of sealed.sets) await store.add(ciphertext)

    bases.push(first)
    for (let round = 0; round < ROUNDS; round++) {
      const random = rng('01', `update/${round}`)
      const update = Float32Array.from({ length: model.size }, () => random.normal() * 0.01)
      const { bytes } = encodeDelta(update, new Float32Array(model.size), document.delta)
      deltas.push(await store.add(bytes))
      const decoded = decodeDelta(bytes, { count: model.size, ...document.delta })
      bases.push(mergeDeltas({ base: bases[round]!, deltas: [decoded], ...document.merge }).base)
    }
    named.push(...bases.slice(0, ROUNDS).map(hashOf))
    views = {
      task: async (id: string) => {
        if (id !== TASK) throw new ViewShapeError({ what: 'no such task', fix: '' })
        return { id, requester: 'alice.test.near', rounds_settled: settled, spec: message }
      },
      round: async (_: string, round: number) => ({
        round,
        key: sealed.keys[round]!,
        merge_set: [1],
        trainers: [
          // A liar in the first seat names a base of its own.
          { index: 0, account: 'liar.test.near', base: 'cd'.repeat(32), delta: null, outcome: 'rejected' },
          { index: 1, account: 'trainer.test.near', base: named[round], delta: deltas[round], outcome: 'accepted' },
        ],
        validators: [],
      }),
      node: async () => null,
    } as unknown as MarketViews
    await opened.db
      .insert(models)
      .values({ task: 7, round: 1, hash: named[1]!, cid: modelCid(named[1]!), height: 1, at: 1 })
    checkpoints = open()
  })
  after(async () => {
    stop.abort()
    await checkpoints.stop()
    await store.stop()
    await opened.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('refuses a model that is not what accepted workers named, keeps nothing of it, and heeds no rejected one', async () => {
    const truth = named[1]!
    named[1] = 'ab'.repeat(32)
    const error = await checkpoints.ensure(TASK).then(
      () => null,
      (caught) => caught,
    )
    expect(error?.code).to.equal('CHECKPOINT_MISMATCH')
    expect(error.data).to.include({ expected: 'ab'.repeat(32), got: truth })
    expect(checkpoints.ofTask(TASK).map(({ round }) => round)).to.deep.equal([0])
    named[1] = truth
  })

  it('are merged from the updates that the chain names, once for all who ask', async () => {
    fetched.length = 0
    const [last, again, middle] = await Promise.all([
      checkpoints.ensure(TASK),
      checkpoints.ensure(TASK, ROUNDS),
      checkpoints.parameters(modelCid(named[1]!)),
    ])
    expect(last.hash).to.equal(hashOf(bases[ROUNDS]!))
    expect(again).to.deep.equal(last)
    expect(last.cid).to.equal(rawCid(componentBytes(bases[ROUNDS]!)))
    expect(Buffer.compare(middle.bytes, componentBytes(bases[1]!))).to.equal(0)
    expect(checkpoints.held(last.cid)).to.equal(true)
    expect(checkpoints.ofTask(TASK).map((info) => [info.round, info.named])).to.deep.equal([
      [0, true],
      [1, true],
      [2, false],
    ])
    expect(
      fetched.filter((cid) => cid === deltas[1]),
      'fetched by one merge alone',
    ).to.have.length(1)
    const before = fetched.length
    await checkpoints.parameters(last.cid)
    expect(fetched.length).to.equal(before)
  })

  it('are given out as ONNX with the hash that was told', async () => {
    const { cid } = await checkpoints.ensure(TASK)
    const { bytes } = await checkpoints.onnx(cid)
    const told = checkpoints.describe(cid)
    expect(toHex(sha256(bytes))).to.equal(told.onnxSha256)
    expect(told.config?.parameters).to.equal(31_008)
    expect(checkpoints.describe(rawCid(new Uint8Array(3)))).to.deep.include({ held: false, parametersUrl: null })
  })

  it('are unknown where no task has them, or the round has not begun', async () => {
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => null,
        (error) => error.code,
      )
    expect(await codeOf(checkpoints.parameters(rawCid(new Uint8Array(3))))).to.equal('CHECKPOINT_UNKNOWN')
    expect(await codeOf(checkpoints.ensure(TASK, 3))).to.equal('CHECKPOINT_UNKNOWN')
    expect(await codeOf(checkpoints.ensure('8'))).to.equal('CHECKPOINT_UNKNOWN')
  })

  it('have a loss at each base beside what counting achieves, measured in the background', async () => {
    expect(checkpoints.loss(TASK).points).to.deep.equal([])
    const deadline = Date.now() + 50_000
    while (checkpoints.loss(TASK).points.length === 0) {
      version += 1
      if (Date.now() > deadline) throw new Error(`not measured: ${log.join(', ')}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const { points, unigram, bigram, trigram } = checkpoints.loss(TASK)
    expect(points.map(({ round }) => round)).to.deep.equal([0, 1, 2])
    for (const { bitsPerByte } of points) expect(bitsPerByte).to.be.within(5, 11)
    expect(unigram! > bigram! && bigram! > trigram!).to.equal(true)
  })

  it('outlive a restart, and need no peer then', async () => {
    await checkpoints.stop()
    const nobody = { cat: () => Promise.reject(new Error('no peer')) }
    const restarted = open(nobody)
    expect(restarted.loss(TASK).points).to.have.length(3)
    const info = await restarted.ensure(TASK, ROUNDS)
    expect((await restarted.parameters(info.cid)).bytes.length).to.equal(4 * 31_008)
    const path = join(dir, 'checkpoints', `${info.hash}.f32`)
    const bytes = readFileSync(path)
    bytes[5]! ^= 1
    writeFileSync(path, bytes)
    expect(
      await restarted.parameters(info.cid).then(
        () => null,
        (error) => error.message,
      ),
    ).to.match(/does not hash/)
    bytes[5]! ^= 1
    writeFileSync(path, bytes)
    await restarted.stop()
  })

  it('are merged as rounds settle, from the last held one on, though earlier updates are gone', async () => {
    const folder = join(dir, 'following')
    settled = 1
    const following = open(store, folder)
    await following.ensure(TASK)
    const [first] = deltas
    const without = {
      cat: (cid: string, options: CatOptions) =>
        cid === first ? Promise.reject(new Error('gone')) : store.cat(cid, options),
    }
    await following.stop()
    settled = ROUNDS
    const later = open(without, folder)
    await opened.db.insert(tasks).values(TASK_ROW)
    listener({ height: 2, at: 2, tasks: [7], accounts: [] })
    const deadline = Date.now() + 50_000
    while (later.loss(TASK).points.length === 0) {
      version += 1
      if (Date.now() > deadline) throw new Error(`not merged: ${log.join(', ')}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(later.ofTask(TASK).at(-1)?.hash).to.equal(hashOf(bases[ROUNDS]!))
    await later.stop()
  })

  it('are fetched from public addresses alone, outside the embedded network', async () => {
    const resolve = async (name: string): Promise<string[]> =>
      name === 'good.example' ? ['93.184.216.34'] : ['93.184.216.34', '169.254.169.254']
    expect(await isFetchable('http://good.example:4001', false, resolve)).to.equal(true)
    for (const url of [
      'http://127.0.0.1:1',
      'http://10.1.2.3',
      'http://[::1]/',
      'http://bad.example',
      'file:///etc/passwd',
      'x',
    ]) {
      expect(await isFetchable(url, false, resolve), url).to.equal(false)
    }
    expect(await isFetchable('http://127.0.0.1:1', true, resolve)).to.equal(true)
  })
})

const TASK_ROW = {
  id: 7,
  requester: 'alice.test.near',
  state: 'Completed',
  createdHeight: 1,
  createdAt: 1,
  tx: 't',
  nonce: 1n,
  spec: {},
  quote: {},
  validators: 3,
  samples: 4,
  round: 1,
  rounds: 2,
  roundsSettled: 2,
  workers: 1,
  certainty: 50,
  smallPool: true,
  bounty: 1n,
  escrow: 0n,
  vested: true,
  updatedHeight: 2,
}

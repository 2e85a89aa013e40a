/** What a task names is given out, and nothing else; one sample of each submission outlives its trainer's copy. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { fileCid } from '../../../../../chain/client/content/index.ts'
import type { BlyanError } from '../../../../../chain/lib/errors.ts'
import type { BytesReply } from '../../../../../workers/gateway/http/route.ts'
import { openContentFiles } from '../../../../../workers/gateway/orders/contentFiles.ts'
import { contentRoutes } from '../../../../../workers/gateway/orders/contentRoutes.ts'
import { keepSamples } from '../../../../../workers/gateway/orders/keptSamples.ts'
import { createTaskContent, type Place, type TaskContent } from '../../../../../workers/gateway/orders/taskContent.ts'
import { ViewShapeError } from '../../../../../workers/node/errors.ts'
import type { MarketViews } from '../../../../../workers/node/views.ts'
import { documentBytes, keptLeaf, type Manifest, type TaskDocument } from '../../../../../workers/proof/index.ts'

const HASH = '0'.repeat(64)
const COUNT = 8
const words = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('content of a task, from the gateway', () => {
  let dir: string
  /** What peers serve now. */
  const served = new Map<string, Uint8Array>()
  const asked: { cid: string; maxBytes: number; from: readonly string[] }[] = []
  const put = (bytes: Uint8Array): string => {
    const cid = fileCid(bytes)
    served.set(cid, bytes)
    return cid
  }
  const component = (name: string): { hash: string; cid: string } => ({ hash: HASH, cid: put(words(name)) })
  const states = (name: string) => ({
    parameters: component(`${name} parameters`),
    m: component(`${name} m`),
    v: component(`${name} v`),
    counters: component(`${name} counters`),
  })
  const manifest: Manifest = {
    schema: 'blyan.manifest/1',
    task: '7',
    round: 0,
    account: 'trainer.near',
    leaves: [4, 1, 6].map((leaf) => ({
      leaf,
      start: { ...states(`sample ${leaf}`), residual: { hash: HASH } },
      startProof: [],
      end: HASH,
      endProof: [],
    })),
    codec: { start: { ...states('last'), residual: component('residual') }, startProof: [] },
  }
  const document: TaskDocument = {
    schema: 'blyan.spec/1',
    model: { kind: 'gpt', layers: 1, width: 8, heads: 2, context: 8, vocab: 256, seed: '01', parameters: COUNT },
    init: put(words('first parameters')),
    data: { cid: put(words('the training text')), bytes: 17, sha256: HASH },
    train: {
      steps: 16,
      batch: 2,
      context: 8,
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
      schedule: { peak: 0.01, warmup: 0, total: 16, floor: 1 },
    },
    delta: { chunk: 8, keepBps: 1000, bits: 8 },
    merge: { rule: 'mean', outer: { kind: 'plain', learningRate: 1 }, normClip: null },
    segments: 8,
    heldOut: { sets: put(words('sealed sets')), bytesPerRound: 8 },
    profile: { name: 'canonical', runtime: 'onnxruntime-web', version: '1', wasmSha256: HASH },
  }
  const spec = put(documentBytes(document))
  const [delta, list] = [put(words('an update')), put(documentBytes(manifest))]
  const secret = put(words('of no task'))
  const missing = (what: string): never => {
    throw new ViewShapeError({ what, fix: '' })
  }
  const views = {
    task: async (id: string) => (id === '7' ? { id, requester: 'alice.near', spec: { spec } } : missing('no task')),
    round: async (_: string, round: number) =>
      round > 0
        ? missing('no round')
        : {
            round,
            trainers: [
              { index: 0, account: 'trainer.near', delta, manifest: list },
              { index: 1, account: 'silent.near', delta, manifest: null },
            ],
            validators: [{ account: 'validator.near' }],
          },
  } as unknown as Pick<MarketViews, 'task' | 'round'>
  const contentOver = (files: ReturnType<typeof openContentFiles>): TaskContent =>
    createTaskContent({
      views,
      files,
      peersOf: async (accounts) => accounts.map((account) => `http://${account}`),
      fetch: async (cid, maxBytes, from) => {
        asked.push({ cid, maxBytes, from })
        return served.get(cid) ?? Promise.reject(new Error('nobody serves it'))
      },
    })
  const read = async (content: TaskContent, task: string, cid: string, of: Place | null): Promise<Uint8Array> =>
    (of === null ? await content.documents(task) : await content.submission(task, of)).read(cid)
  const codeOf = (made: Promise<unknown>): Promise<string> =>
    made.then(
      () => 'given out',
      (error: BlyanError) => error.code ?? error.message,
    )

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-content-'))
  })
  after(() => rmSync(dir, { recursive: true, force: true }))

  it('is what its document and its submissions name, asked of those who have it, up to its size', async () => {
    const content = contentOver(openContentFiles(join(dir, 'a')))
    const of = { round: 0, submission: 0 }
    for (const cid of [spec, document.init, document.data.cid, document.heldOut.sets]) {
      expect(await read(content, '7', cid, null)).to.deep.equal(served.get(cid))
    }
    expect(asked.find(({ cid }) => cid === document.data.cid)).to.deep.include({
      maxBytes: 17,
      from: ['http://alice.near'],
    })
    const state = manifest.leaves[0]!.start.m.cid
    for (const cid of [delta, list, state, manifest.codec.start.residual.cid]) {
      expect(await read(content, '7', cid, of)).to.deep.equal(served.get(cid))
    }
    const last = asked.filter(({ cid }) => cid === state).at(-1)!
    expect(last.maxBytes).to.equal(4 * COUNT)
    expect(last.from).to.include.members(['http://trainer.near', 'http://validator.near', 'http://alice.near'])
  })

  it('is nothing else: no file of another address, submission, round or task', async () => {
    const content = contentOver(openContentFiles(join(dir, 'b')))
    const of = { round: 0, submission: 0 }
    asked.length = 0
    expect(await codeOf(read(content, '7', secret, null))).to.equal('CONTENT_UNNAMED')
    expect(await codeOf(read(content, '7', secret, of))).to.equal('CONTENT_UNNAMED')
    expect(await codeOf(read(content, '7', delta, null))).to.equal('CONTENT_UNNAMED')
    expect(await codeOf(read(content, '7', list, { round: 0, submission: 1 }))).to.equal('CONTENT_UNNAMED')
    expect(await codeOf(read(content, '7', list, { round: 0, submission: 2 }))).to.equal('CONTENT_UNNAMED')
    expect(await codeOf(read(content, '7', list, { round: 1, submission: 0 }))).to.equal('CONTENT_UNNAMED')
    expect(await codeOf(read(content, '8', spec, null))).to.equal('CONTENT_UNNAMED')
    expect(asked.map(({ cid }) => cid)).to.not.include(secret)
  })

  it('is one sample of each submission after its trainer dropped what it published, and goes on where it failed', async () => {
    const files = openContentFiles(join(dir, 'c'))
    const content = contentOver(files)
    const keep = keepSamples({ views, content, files })
    const gone = manifest.codec.start.v.cid
    const bytes = served.get(gone)!
    served.delete(gone)
    expect(await codeOf(keep('7', 1))).to.equal('nobody serves it')
    served.set(gone, bytes)
    await keep('7', 1)
    asked.length = 0
    const everything = new Map(served)
    served.clear()
    try {
      expect(keptLeaf([1, 4, 6], { round: 0, submission: 0 })).to.equal(1)
      const [kept, dropped] = [manifest.leaves[1]!, manifest.leaves[0]!].map(({ start }) => start.parameters.cid)
      const of = { round: 0, submission: 0 }
      const again = contentOver(openContentFiles(join(dir, 'c')))
      for (const cid of [list, delta, kept!, gone])
        expect(await codeOf(read(again, '7', cid, of))).to.equal('given out')
      expect(await codeOf(read(again, '7', document.data.cid, null))).to.equal('given out')
      expect(await codeOf(read(again, '7', dropped!, of))).to.equal('nobody serves it')
    } finally {
      for (const [cid, each] of everything) served.set(cid, each)
    }
  })

  it('makes room by dropping what was written longest ago, and forgets a file that a power cut left half', async () => {
    const place = join(dir, 'd')
    const files = openContentFiles(place, 100)
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => words(letter.repeat(40)))
    for (const each of [a!, b!, c!]) await files.write(fileCid(each), each)
    expect([a!, b!, c!].map((each) => files.has(fileCid(each)))).to.deep.equal([false, true, true])
    await files.write(fileCid(words('d'.repeat(101))), words('d'.repeat(101)))
    writeFileSync(join(place, `${fileCid(a!)}.tmp`), 'half')
    const again = openContentFiles(place, 100)
    expect([a!, b!, c!].map((each) => again.has(fileCid(each)))).to.deep.equal([false, true, true])
    expect(readdirSync(place)).to.have.length(2)
    expect(await again.read(fileCid(b!))).to.deep.equal(b)
  })

  it('is asked for by round and submission together, or by neither', async () => {
    const [route] = contentRoutes(contentOver(openContentFiles(join(dir, 'e'))))
    expect(route!.query!.safeParse({ round: '0' }).success).to.equal(false)
    const query = route!.query!.parse({ round: '0', submission: '0' })
    const reply = await route!.handle({ params: { id: '7', cid: delta }, query } as never)
    expect((reply as BytesReply).bytes).to.deep.equal(served.get(delta))
  })
})

/** From an ordered task to an answer: a daemon of role server finds the trained model by itself and writes with it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { member } from '../../scripts/up/fleetPlan.ts'
import { recomputeOutcome } from '../../scripts/up/outcome.ts'
import { type AnswerRecord, gpt, hashBytes, replayAnswer } from '../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../workers/node/runtime/canonical.ts'
import { storageNode } from '../../workers/storage/index.ts'
import { openAnswerGateway } from '../fixtures/answerGateway.ts'
import { until } from '../fixtures/answerServer.ts'
import { microTask } from '../fixtures/microTask.ts'
import { type Network, startNetwork } from '../fixtures/network.ts'

describe('a server beside a task', function () {
  this.timeout(300_000)
  let dir: string
  let network: Network
  const ends: (() => Promise<void>)[] = []
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan answers '))
    const members = [
      ...[1, 2].map((i) => member(`trainer-${i}`, 'trainer')),
      ...[1, 2, 3].map((i) => member(`validator-${i}`, 'validator')),
      member('server', 'server'),
    ]
    network = await startNetwork({ dir, members })
  })
  after(async () => {
    for (const end of ends.splice(0).reverse()) await end()
    await network?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('writes with the newest model of the chain, and again after kill -9 though no trainer is left', async () => {
    const id = await network.order(microTask(dir, { rounds: 2 }))
    let task = await network.views.task(id)
    const end = Date.now() + 200_000
    while (task.state !== 'Completed') {
      if (Date.now() > end) throw new Error(`the task is still ${task.state}`)
      await delay(200)
      task = await network.views.task(id)
    }
    const store = storageNode({ dir: join(dir, 'reader'), rpcPort: null, gatewayPort: null })
    await store.start()
    ends.push(() => store.stop())
    // While the requester is still there: it leaves with the task.
    const { context, final } = await recomputeOutcome(task, { views: network.views, store })
    await network.ended(id, 60_000)

    const served = async (): Promise<{ text: string; record: AnswerRecord; cid: string }> => {
      const node = await network.views.node('server.test.near')
      const gateway = await openAnswerGateway([{ account: node!.account, url: node!.peer }], {
        limits: { listedMs: 0 },
      })
      ends.push(gateway.close)
      let newest = 0
      const look = setInterval(async () => {
        newest = (await gateway.answers.models().catch(() => []))[0]?.round ?? 0
      }, 250)
      await until(() => newest === 2, 60_000).finally(() => clearInterval(look))
      const [{ id: cid }] = (await gateway.client().models.list()).data
      const reply = await gateway
        .client()
        .completions.create({ model: cid, prompt: 'a new worker', max_tokens: 40, seed: 1 })
      const { record } = (reply as unknown as { blyan: { record: AnswerRecord } }).blyan
      return { text: reply.choices[0].text, record, cid }
    }
    const first = await served()
    expect(first.record).to.include({ task: task.id, round: 2, account: 'server.test.near' })
    expect(first.record.modelSha256).to.equal(hashBytes(new Uint8Array(final.buffer)))
    const known = { runtime: await loadCanonicalRuntime(), model: gpt(context.document.model), parameters: final }
    const { faults } = await replayAnswer(first.record, Buffer.from('a new worker'), known)
    expect(faults).to.deep.equal([])

    // Anyone can fetch the parameters at the same address.
    const { peer } = (await network.views.node('server.test.near'))!
    const { models } = (await (await fetch(`${peer}/v1/model`)).json()) as { models: { id: string; file: string }[] }
    expect(models[0].id).to.equal(first.cid)
    const bytes = await store.cat(models[0].file, { maxBytes: 4 * final.length, from: [peer] })
    expect(hashBytes(bytes)).to.equal(first.record.modelSha256)

    for (const name of ['server', 'trainer-1', 'trainer-2']) await network.kill(name)
    await network.restart('server')
    const second = await served()
    expect([second.text, second.record.tokensHash]).to.deep.equal([first.text, first.record.tokensHash])
  })
})

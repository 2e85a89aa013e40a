/** Which servers and models a gateway believes in, from its own index and chain. */
import { expect } from 'chai'
import type { NearClient } from '../../../../../chain/client/near/index.ts'
import { answersOf } from '../../../../../workers/gateway/answers/index.ts'
import { type OpenedDatabase, openDatabase } from '../../../../../workers/gateway/database/index.ts'
import { models, nodes, tasks } from '../../../../../workers/gateway/database/schema/chain.ts'
import type { CheckpointInfo } from '../../../../../workers/gateway/orders/checkpointFiles.ts'
import { canonicalRuntimeId } from '../../../../../workers/gateway/orders/runtimeId.ts'
import {
  type AnswerServer,
  CONFIG,
  chanting,
  checkpointOf,
  openAnswerServer,
  until,
} from '../../../../fixtures/answerServer.ts'
import { type TestParts, testParts } from '../../../../fixtures/gatewayParts.ts'

describe("a gateway's answers from its index", () => {
  let opened: OpenedDatabase
  let parts: TestParts
  const servers: AnswerServer[] = []
  const keys = new Map<string, object[]>()
  before(async () => {
    opened = await openDatabase({ dir: null })
    const chain = {
      rpc: async (_method: string, { account_id }: { account_id: string }) => ({ keys: keys.get(account_id) ?? [] }),
    } as unknown as NearClient
    parts = testParts({ db: opened.db, chain })
  })
  after(async () => {
    parts.stop()
    for (const server of servers) await server.close()
    await opened.close()
  })
  beforeEach(async () => {
    for (const table of [models, nodes, tasks]) await opened.db.delete(table)
    keys.clear()
  })

  const settled = (id: number, rounds: number): Promise<unknown> =>
    opened.db.insert(tasks).values({
      id,
      requester: 'r.near',
      state: 'Completed',
      createdHeight: 1,
      createdAt: 1,
      tx: 't',
      nonce: 1n,
      spec: {},
      quote: {},
      validators: 1,
      samples: 1,
      round: rounds,
      rounds,
      roundsSettled: rounds,
      workers: 1,
      certainty: 50,
      smallPool: true,
      bounty: 1n,
      escrow: 0n,
      vested: true,
      updatedHeight: 1,
    } as typeof tasks.$inferInsert)
  const registered = async (
    account: string,
    roles: string[],
    claimed = [checkpointOf('05').checkpoint],
    runtime: string | null = canonicalRuntimeId().wasmSha256,
  ): Promise<void> => {
    const server = await openAnswerServer({ claimed, predict: chanting('a'), account, runtime })
    servers.push(server)
    await opened.db.insert(nodes).values({
      account,
      number: servers.length,
      roles,
      kind: 'cpu',
      class: 'edge',
      peer: server.url,
      workerKey: null,
      parked: false,
      since: 1,
      updatedHeight: 1,
    } as typeof nodes.$inferInsert)
    keys.set(account, [{ public_key: server.publicKey, access_key: { permission: 'FullAccess' } }])
  }
  const listed = async (): Promise<string[]> =>
    (await answersOf(parts).models()).map(({ task, round }) => `${task}/${round}`)

  it('asks operators of role server, and lists what the chain knows', async () => {
    await settled(1, 2)
    await registered('server.near', ['server'])
    await registered('trainer.near', ['trainer'], [checkpointOf('06', { round: 2 }).checkpoint])
    expect(await listed()).to.deep.equal(['1/1'])
  })

  it('believes no signature but that of a full-access key or the worker key', async () => {
    await settled(1, 2)
    await registered('server.near', ['server'])
    const [key] = keys.get('server.near') as { public_key: string }[]
    keys.set('server.near', [{ ...key, access_key: { permission: { FunctionCall: {} } } }])
    expect(await listed()).to.deep.equal([])
    await opened.db.update(nodes).set({ workerKey: key.public_key })
    expect(await listed()).to.deep.equal(['1/1'])
  })

  it('lists no model of a round that has not settled, nor one whose hash the round named otherwise', async () => {
    await settled(1, 1)
    const [known, early, other] = ['05', '06', '07'].map(
      (seed, i) => checkpointOf(seed, { round: [1, 2, 1][i] }).checkpoint,
    )
    await registered('server.near', ['server'], [known, early])
    expect(await listed()).to.deep.equal(['1/1'])
    await opened.db.insert(models).values({ task: 1, round: 1, hash: other.sha256, cid: other.cid, height: 1, at: 1 })
    expect(await listed()).to.deep.equal([])
  })

  it('refuses a model that it merged to other parameters itself, and audits answers with its own', async () => {
    await settled(1, 1)
    const { checkpoint, parameters } = checkpointOf('05')
    const held = (hash: string) => [
      { task: '1', round: 1, hash, cid: checkpoint.cid, config: CONFIG } as CheckpointInfo,
    ]
    const checkpoints = (hash: string) => ({
      ofTask: () => held(hash),
      ensure: async () => held(hash)[0],
      parameters: async () => ({ info: held(hash)[0], bytes: new Uint8Array(parameters.buffer) }),
    })
    await registered('server.near', ['server'])
    expect(await answersOf(parts, { checkpoints: checkpoints('00'.repeat(32)) }).models()).to.deep.equal([])
    const lines: string[] = []
    const answers = answersOf(parts, {
      checkpoints: checkpoints(checkpoint.sha256),
      random: (length) => new Uint8Array(length), // always within the audited share
      log: (what, data) => void lines.push(`${what}: ${data?.isTrue ?? data?.code}`),
    })
    const ask = async (): Promise<void> => {
      const request = { prompt: 'x', maxTokens: 2, temperature: 1 }
      for await (const _ of answers.complete(request, { signal: parts.signal }));
    }
    await ask()
    await until(() => lines.length === 1)
    expect(lines).to.deep.equal(['answer replayed: false']) // it wrote by a formula
    expect((await ask().catch((error) => error)).code).to.equal('ANSWERS_NO_SERVER')
  })

  it('believes no record of a runtime on which nobody could write the answer again', async () => {
    await settled(1, 1)
    await registered('server.near', ['server'], undefined, null)
    const request = { prompt: 'x', maxTokens: 2, temperature: 1 }
    const asked = async (): Promise<void> => {
      for await (const _ of answersOf(parts).complete(request, { signal: parts.signal }));
    }
    const error = await asked().catch((reason) => reason)
    expect([error.code, error.data.wrong]).to.deep.equal(['ANSWERS_RECORD_FALSE', ['runtime']])
  })
})

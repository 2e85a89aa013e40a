/** Read routes over a played market: each list, each page, each amount, held against the contracts' own views. */
import { expect } from 'chai'
import type { z } from 'zod'
import {
  listOf,
  modelLine,
  modelReply,
  networkHealth,
  networkReply,
  networkStats,
  nodeStats,
  nodeStatus,
  nodeSummary,
  problem,
  receiptLine,
  receiptProofReply,
  receiptReply,
  taskDetail,
  taskSummary,
  whyReply,
} from '../../../../../chain/client/gateway/index.ts'
import { verifyReceipt } from '../../../../../chain/client/receipts.ts'
import { explain, marketEvents } from '../../../../../chain/client/why/index.ts'
import { base64ToBytes } from '../../../../../chain/lib/bytes.ts'
import { taskFacts } from '../../../../../scripts/cli/views.ts'
import type { Visitor } from '../../../../../workers/gateway/http/route.ts'
import { createHttpServer, type HttpServer } from '../../../../../workers/gateway/http/server.ts'
import { readRoutes } from '../../../../../workers/gateway/route/index.ts'
import { toWhyReply } from '../../../../../workers/gateway/route/why.ts'
import { type GatewayWorld, playedGateway } from '../../../../fixtures/gatewayWorld.ts'
import { WORLD } from '../../../../fixtures/indexWorld.ts'

const visitor = (account: string | null): Visitor => ({
  user: account === null ? 'evm:0x0000000000000000000000000000000000000001' : `near:${account}`,
  kind: account === null ? 'evm' : 'near',
  account,
  address: null,
  via: { kind: 'session', session: 's' },
  scopes: ['read'],
  expiresAt: null,
})

describe('read routes over a played market', function () {
  this.timeout(60_000)
  let gateway: GatewayWorld
  let http: HttpServer

  before(async () => {
    gateway = await playedGateway({ tasks: 8, operators: 20, workers: 4, rounds: 2, atOnce: 4 })
    http = await createHttpServer({
      parts: gateway.parts,
      routes: readRoutes(gateway.parts),
      authenticate: async ({ authorization }) =>
        authorization === undefined ? null : visitor(authorization === 'none' ? null : authorization),
      limits: { anonymous: 1e6, visitor: 1e6 },
      port: 0,
    })
  })
  after(async () => {
    await http.stop(0)
    await gateway.close()
  })

  async function read<S extends z.ZodType>(path: string, schema: S, headers = {}): Promise<z.infer<S>> {
    const response = await fetch(`${http.url}${path}`, { headers })
    const text = await response.text()
    expect(response.status, `${path}: ${text.slice(0, 300)}`).to.equal(200)
    return schema.parse(JSON.parse(text))
  }
  async function all<S extends z.ZodType>(path: string, item: S, limit = 3): Promise<z.infer<S>[]> {
    const items: z.infer<S>[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const at: string = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`
      const page = await read(at, listOf(item))
      items.push(...(page.items as z.infer<S>[]))
      cursor = page.next
    }
    return items
  }
  const refused = async (path: string, status: number, code: string, headers = {}) => {
    const response = await fetch(`${http.url}${path}`, { headers })
    expect([response.status, problem.parse(await response.json()).code]).to.deep.equal([status, code])
  }

  it('lists every task once, newest first, with the contract’s state and escrow', async () => {
    const views = gateway.player.world.view('get_tasks', { from_index: 0, limit: 20 })
    const tasks = await all('/api/v1/tasks', taskSummary)
    expect(tasks.map(({ id, state, escrowAtto }) => ({ id, state, escrow: escrowAtto }))).to.deep.equal(
      views.map(({ id, state, escrow }: Record<string, string>) => ({ id, state, escrow })).reverse(),
    )
    for (const { sentence, phase } of tasks) {
      expect(sentence).to.match(/^task \d+: .*\.$/)
      expect(phase).to.equal('payable')
    }
  })

  it('filters tasks by who ordered them and by state', async () => {
    const tasks = await all('/api/v1/tasks', taskSummary)
    const { requester, state } = tasks[0]!
    const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id)
    expect(ids(await all(`/api/v1/tasks?requester=${requester}`, taskSummary))).to.deep.equal(
      ids(tasks.filter((task) => task.requester === requester)),
    )
    expect(ids(await all(`/api/v1/tasks?state=${state}`, taskSummary))).to.deep.equal(
      ids(tasks.filter((task) => task.state === state)),
    )
    await refused('/api/v1/tasks?state=Open', 400, 'HTTP_REQUEST_INVALID')
  })

  it('tells a task with its rounds, hand-ins and evidence as the contract has them', async () => {
    for (const { id } of await all('/api/v1/tasks', taskSummary)) {
      const detail = await read(`/api/v1/tasks/${id}`, taskDetail)
      const { world } = gateway.player
      const view = world.view('get_task', { task_id: id })
      expect(detail.spent).to.deep.equal(view.spent)
      expect(detail.quote).to.deep.equal(view.quote)
      for (const round of detail.roundDetails) {
        const seen = world.view('get_round', { task_id: id, round: round.index })
        expect(round.submissions.map(({ account, outcome, receipt }) => ({ account, outcome, receipt }))).to.deep.equal(
          seen.trainers.map(({ account, outcome, receipt }: Record<string, unknown>) => ({
            account,
            outcome,
            receipt,
          })),
        )
        expect(round.validators).to.deep.equal(seen.validators.map(({ account }: { account: string }) => account))
        expect(round.shown).to.equal('settled')
      }
      expect(detail.outcomes[0]!.what).to.equal(`orders task ${id}`)
      for (const { tx, height } of detail.outcomes) expect([tx.length > 10, height > 0]).to.deep.equal([true, true])
    }
    await refused('/api/v1/tasks/999', 404, 'HTTP_NOT_FOUND')
    await refused('/api/v1/tasks/1e3', 400, 'HTTP_REQUEST_INVALID')
  })

  it('lists every receipt, and each checks link by link against the contract’s root', async () => {
    const list = gateway.player.world.view('receipt_root', {})
    const receipts = await all('/api/v1/receipts', receiptLine, 20)
    expect(receipts.map(({ index }) => index)).to.deep.equal([...Array(list.size).keys()].reverse())
    expect(list.size).to.be.greaterThan(20)
    for (const { index, previous } of receipts) {
      const receipt = await read(`/api/v1/receipts/${index}`, receiptReply)
      const { size, root, proof: steps } = await read(`/api/v1/receipts/${index}/proof`, receiptProofReply)
      const bytes = base64ToBytes(receipt.bytes)
      const check = verifyReceipt({ bytes, index, hash: receipt.hash, previous, proof: { size, root, steps }, list })
      expect(check.broken).to.equal(null)
      expect(receipt.sentence).to.contain(receipt.worker)
    }
    await refused(`/api/v1/receipts/${list.size}`, 404, 'HTTP_NOT_FOUND')
    await refused(`/api/v1/receipts/${list.size}/proof`, 404, 'HTTP_NOT_FOUND')
    const { worker } = receipts[0]!
    const own = await all(`/api/v1/receipts?worker=${worker}`, receiptLine)
    expect(own.map(({ index }) => index)).to.deep.equal(
      receipts.filter((each) => each.worker === worker).map(({ index }) => index),
    )
  })

  it('lists operators with the contract’s stake, and their money to the last atto', async () => {
    const nodes = await all('/api/v1/nodes', nodeSummary, 7)
    expect(nodes).to.have.length(20)
    for (const { account, stakeAtto } of nodes) {
      const view = gateway.player.world.view('get_node', { account_id: account })
      expect(stakeAtto).to.equal(view.stake)
      const status = await read(`/api/v1/nodes/${account}/status`, nodeStatus)
      expect([status.payableAtto, status.lockedAtto, status.freeAtto]).to.deep.equal([
        view.ledger.payable,
        view.ledger.locked,
        view.free,
      ])
      expect(status.unbonding).to.deep.equal(
        view.unbonding.map(({ amount, at }: { amount: string; at: number }) => ({ amountAtto: amount, at })),
      )
      const lost = status.earnings.reduce(
        (sum, { amountAtto }) => sum + (BigInt(amountAtto) < 0n ? -BigInt(amountAtto) : 0n),
        0n,
      )
      const earned = status.earnings.reduce(
        (sum, { amountAtto }) => sum + (BigInt(amountAtto) > 0n ? BigInt(amountAtto) : 0n),
        0n,
      )
      expect([`${earned}`, `${lost}`]).to.deep.equal([status.earnedAtto, status.lostAtto])
      for (const { result } of status.draws) expect(result).not.to.equal('open')
    }
    await refused('/api/v1/nodes/nobody.near/status', 404, 'HTTP_NOT_FOUND')
    const stats = await read('/api/v1/nodes/stats', nodeStats)
    expect(stats.working + stats.idle + stats.parked).to.equal(stats.total)
    expect((await all('/api/v1/nodes?role=validator', nodeSummary)).length).to.equal(20)
  })

  it('explains every account as the command line does', async () => {
    const { player, parts } = gateway
    const { world } = player
    const log = world.blocks
      .map(({ json }) => JSON.parse(json))
      .flatMap(({ height, timestamp_nanosec, receipts }) =>
        receipts.flatMap(({ tx_hash: tx, executor_id: contract, events }: never) =>
          (events as object[]).map((event) => ({
            ...(event as { standard: string; event: string; data: unknown[] }),
            height: height as number,
            at: Number(BigInt(timestamp_nanosec) / 1_000_000n),
            tx: tx as string,
            contract: contract as string,
          })),
        ),
      )
    const tasks = world.view('get_tasks', { from_index: 0, limit: 20 }).map(taskFacts)
    const facts = new Map(tasks.map((each: { id: string }) => [each.id, each])) as Parameters<
      typeof explain
    >[0]['tasks']
    let lines = 0
    for (const account of [...player.operators, ...player.requesters, 'cranker.near', 'stranger.near']) {
      const ledger = world.view('ledger', { account_id: account })
      const node = world.view('get_node', { account_id: account })
      const why = explain({
        account,
        events: marketEvents(log, WORLD.market),
        tasks: facts,
        balances: {
          payable: BigInt(ledger.payable),
          locked: BigInt(ledger.locked),
          paying: BigInt(ledger.paying),
          stake: BigInt(node?.stake ?? 0),
          unbonding: (node?.unbonding ?? []).reduce(
            (sum: bigint, each: { amount: string }) => sum + BigInt(each.amount),
            0n,
          ),
        },
        now: parts.head.asOf().at,
      })
      const { asOf, leftOut, ...reply } = await read(`/api/v1/why/${account}`, whyReply)
      expect(leftOut).to.equal(0)
      expect(asOf.height).to.equal(world.height)
      expect(reply, account).to.deep.equal(JSON.parse(JSON.stringify(toWhyReply(why))))
      expect(reply.agrees, reply.differences.join()).to.equal(true)
      lines += reply.lines.length
    }
    expect(lines).to.be.greaterThan(200)
  })

  it('tells the market as a whole with the contract’s own totals', async () => {
    const { supply, receipts, tasks } = await read('/api/v1/network/stats', networkStats)
    const view = gateway.player.world.view('supply', {})
    for (const part of ['escrow', 'stake', 'unbonding', 'ledger', 'pool', 'treasury']) {
      expect(supply[part] ?? '0', part).to.equal(view[part])
    }
    expect(receipts).to.equal(gateway.player.world.view('receipt_root', {}).size)
    expect(Object.values(tasks).reduce((sum, n) => sum + n, 0)).to.equal(8)
    expect((await read('/api/v1/network', networkReply)).rpcPath).to.equal('/rpc')
    expect((await read('/api/v1/network/health', networkHealth)).database).to.equal('ok')
  })

  it('lists checkpoints with where they came from, and knows none that the chain does not name', async () => {
    const models = await all('/api/v1/models', modelLine, 2)
    expect(models.length).to.be.greaterThan(5)
    for (const { cid, task, round, hash } of models) {
      const model = await read(`/api/v1/models/${cid}`, modelReply)
      expect(model.hash).to.equal(hash)
      if (model.task === task) expect(model.round).to.be.at.least(round)
      expect(model.held).to.equal(false)
    }
    await refused(`/api/v1/models/b${'a'.repeat(58)}`, 404, 'HTTP_NOT_FOUND')
  })

  it('gives a visitor its own ledger alone, as JSON or as a file', async () => {
    const account = gateway.player.operators[2]!
    await refused('/api/v1/user/billing', 401, 'HTTP_SIGN_IN_NEEDED')
    await refused('/api/v1/user/billing', 409, 'HTTP_NO_LEDGER_ACCOUNT', { authorization: 'none' })
    const headers = { authorization: account }
    const sums = new Map<string, bigint>()
    let lines = 0
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `${http.url}/api/v1/user/billing?limit=5${cursor === '' ? '' : `&cursor=${cursor}`}`
      const page = await (await fetch(path, { headers })).json()
      for (const { bucket, deltaAtto } of page.items) sums.set(bucket, (sums.get(bucket) ?? 0n) + BigInt(deltaAtto))
      lines += page.items.length
      cursor = page.next
    }
    const { payable, locked } = gateway.player.world.view('ledger', { account_id: account })
    expect([sums.get('payable') ?? 0n, sums.get('locked') ?? 0n].map(String)).to.deep.equal([payable, locked])
    const file = await fetch(`${http.url}/api/v1/user/billing`, { headers: { ...headers, accept: 'text/csv' } })
    expect(file.headers.get('content-type')).to.equal('text/csv; charset=utf-8')
    expect((await file.text()).trim().split('\r\n')).to.have.length(lines + 1)
  })

  it('refuses cursors that it did not give, and those of another list', async () => {
    const { next } = await read('/api/v1/tasks?limit=1', listOf(taskSummary))
    await refused(`/api/v1/receipts?cursor=${next}`, 400, 'HTTP_REQUEST_INVALID')
    for (const cursor of ['x', 'dGFza3M6MSBvciAx', '%27%3B--', 'dGFza3M6LTE']) {
      await refused(`/api/v1/tasks?cursor=${cursor}`, 400, 'HTTP_REQUEST_INVALID')
    }
  })
})

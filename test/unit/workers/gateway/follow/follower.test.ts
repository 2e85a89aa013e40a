import { expect } from 'chai'
import { sql } from 'drizzle-orm'
import { RpcUnreachableError } from '../../../../../chain/client/near/errors.ts'
import type { Rpc } from '../../../../../chain/client/near/rpc.ts'
import { embeddedSource } from '../../../../../chain/client/near/source/index.ts'
import { ftTransfer } from '../../../../../contracts/near/bly/transfer.ts'
import { type OpenedDatabase, openDatabase } from '../../../../../workers/gateway/database/index.ts'
import * as chain from '../../../../../workers/gateway/database/schema/chain.ts'
import {
  checkIndex,
  createFollower,
  hashIndex,
  marketViews,
  OtherChainError,
} from '../../../../../workers/gateway/follow/index.ts'
import { viewsAt } from '../../../../../workers/gateway/follow/viewAt.ts'
import { IndexWorld, WORLD } from '../../../../fixtures/indexWorld.ts'
import { WorldPlayer } from '../../../../fixtures/indexWorldPlay.ts'

const CONTRACTS = { bly: WORLD.bly, market: WORLD.market }

function follow(
  world: IndexWorld,
  db: OpenedDatabase,
  { rpc = world.rpc, now = Date.now, warnings = [] as string[] } = {},
) {
  const view = (contract: string, method: string, args: object) => viewsAt(rpc, world.height)(contract, method, args)
  return createFollower({
    db,
    source: embeddedSource(rpc, [CONTRACTS.bly, CONTRACTS.market]),
    views: marketViews({ view: view as never }, CONTRACTS.market),
    contracts: CONTRACTS,
    log: { info: () => {}, warn: (what) => warnings.push(what), error: () => {} },
    now,
    pollMs: 1,
  })
}

/** Waits for something that another loop brings about. */
async function until(condition: () => boolean, ms = 40_000): Promise<void> {
  for (const end = Date.now() + ms; !condition(); ) {
    if (Date.now() > end) throw new Error('it did not come')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

describe('following a chain', () => {
  let db: OpenedDatabase
  before(async () => {
    db = await openDatabase({ dir: null })
  })
  beforeEach(() => db.resetChain())
  after(() => db.close())

  it('equals the contracts’ views while tasks are played, cheated in, refused, tried again and cancelled', async () => {
    const player = new WorldPlayer({ tasks: 12, operators: 9, workers: 4, atOnce: 4, chaos: 9, seed: 'few9' })
    const follower = follow(player.world, db)
    let wrong: unknown[] = []
    let phases = 0
    for (let n = 1; !player.done; n++) {
      player.step()
      if (n % 20 !== 0) continue
      await follower.catchUp()
      const { differences } = await checkIndex(db.db, player.world.rpc, CONTRACTS)
      wrong = wrong.concat(differences)
      for (const row of await db.db.select().from(chain.rounds)) {
        const view = player.world.view('get_round', { task_id: `${row.task}`, round: row.round })
        expect([row.phase, row.phaseAt, row.deadline, row.attempt]).to.deep.equal(
          [view.phase, view.phase_at, view.deadline, view.attempt],
          `round ${row.round} of task ${row.task}`,
        )
        phases += 1
      }
    }
    for (let i = 0; i < 4; i++) player.world.block()
    expect(wrong).to.deep.equal([])
    expect(phases).to.be.greaterThan(50)
    await follower.catchUp()
    const live = await hashIndex(db.db)
    await db.resetChain()
    await follow(player.world, db).catchUp()
    expect((await hashIndex(db.db)).tables).to.deep.equal(live.tables)
    expect(live.tables.disputes!.rows).to.be.greaterThan(0)
    const { name, data } = chain.events
    const events = await db.db.select({ name, data }).from(chain.events)
    const names = new Set(events.map((event) => event.name))
    for (const name of ['round_retried', 'task_failed', 'dispute_undecided', 'slashed', 'claim_restored']) {
      expect(names, name).to.include(name)
    }
    const reasons = new Set(events.map((event) => (event.data as { reason?: string }).reason))
    expect(reasons, 'stake that stays after all').to.include('RESTAKE')
  })

  it('tells listeners after the commit which tasks and accounts a block touched, even when one of them throws', async () => {
    const world = new WorldPlayer({ tasks: 3 }).run()
    const follower = follow(world, db)
    const heard: { height: number; tasks: number[]; accounts: string[] }[] = []
    follower.head.onBlock(() => {
      throw new Error('not mine')
    })
    follower.head.onBlock((block) => heard.push(block))
    await follower.catchUp()
    expect(heard.map(({ height }) => height)).to.deep.equal(world.blocks.map(({ height }) => height))
    const paid = heard.find(({ tasks, accounts }) => tasks.includes(2) && accounts.includes('cranker.near'))
    expect(paid).not.to.equal(undefined)
    expect(follower.head.version()).to.equal(world.blocks.length)
    expect(follower.head.asOf()).to.deep.equal({ height: world.height, at: world.now(), stale: false })
  })

  it('stops at another genesis and at other contracts, and says what to do', async () => {
    await follow(new IndexWorld({ seed: 'one' }), db).catchUp()
    const error = await follow(new IndexWorld({ seed: 'two' }), db)
      .run(new AbortController().signal)
      .then(
        () => null,
        (e: OtherChainError) => e,
      )
    expect(error?.code).to.equal(OtherChainError.code)
    expect(error?.data.what).to.equal('genesis')
    expect(error?.fix).to.contain('index rebuild')
  })

  it('waits for a chain that is away, calls itself stale meanwhile, and goes on where it was', async () => {
    const player = new WorldPlayer({ tasks: 2 })
    const { world } = player
    let away = false
    let time = 0
    const rpc: Rpc = (method, params) => {
      if (!away) return world.rpc(method, params)
      throw new RpcUnreachableError({ what: 'away', fix: 'wait' })
    }
    const warnings: string[] = []
    const follower = follow(world, db, { rpc, now: () => time, warnings })
    const stop = new AbortController()
    const running = follower.run(stop.signal)
    await until(() => !follower.head.asOf().stale)
    away = true
    await until(() => follower.head.asOf().stale)
    player.run()
    away = false
    await until(() => !follower.head.asOf().stale && follower.head.asOf().height === world.height)
    time += 60_000
    stop.abort()
    await running
    expect(warnings).to.include('following waits')
    expect((await checkIndex(db.db, world.rpc, CONTRACTS)).differences).to.deep.equal([])
  })

  it('lets two followers share a database: no block twice, and both tell their listeners', async () => {
    const player = new WorldPlayer({ tasks: 4 })
    const [one, two] = [follow(player.world, db), follow(player.world, db)]
    const heard: number[][] = [[], []]
    one.head.onBlock(({ height }) => heard[0]!.push(height))
    two.head.onBlock(({ height }) => heard[1]!.push(height))
    const stop = new AbortController()
    const running = [one.run(stop.signal), two.run(stop.signal)]
    await until(() => !one.head.asOf().stale && !two.head.asOf().stale)
    for (const each of heard) each.length = 0
    const from = player.world.height
    while (!player.done) {
      player.step()
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const last = player.world.blocks.at(-1)!.height
    await until(() => heard.every((each) => each.includes(last)))
    stop.abort()
    await Promise.all(running)
    const made = player.world.blocks.map(({ height }) => height).filter((height) => height > from)
    for (const each of heard) expect([...new Set(each)].filter((height) => height > from)).to.deep.equal(made)
    expect((await checkIndex(db.db, player.world.rpc, CONTRACTS)).differences).to.deep.equal([])
  })

  it('goes on past a memo that PostgreSQL could not store', async () => {
    const world = new IndexWorld()
    world.block(() => world.giveBly('a.near', 5n))
    world.block(() => {
      world.token(WORLD.owner, (host) => ftTransfer(host, { receiver_id: 'a.near', amount: 1n, memo: 'x\0\ud800' }))
    })
    await follow(world, db).catchUp()
    const result = await db.db.execute(sql`select data->>'memo' memo from chain.events order by height desc limit 1`)
    const [row] = (result as unknown as { rows: { memo: string }[] }).rows
    expect(row!.memo).to.equal('x\ufffd\ufffd')
  })
})

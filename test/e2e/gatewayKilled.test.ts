/** `kill -9` of the gateway, again and again: what it acknowledged is there, nothing is twice, and rounds are opened in time. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { freePort } from '../../workers/gateway/compose/address.ts'
import { openDatabase } from '../../workers/gateway/database/index.ts'
import { drafts } from '../../workers/gateway/database/schema/drafts.ts'
import { hashIndex } from '../../workers/gateway/follow/index.ts'
import {
  Guest,
  gatewayOptions,
  type KillableGateway,
  Listener,
  orderBody,
  rebuiltHash,
  spawnGateway,
  taskUpdates,
  toldHash,
} from '../fixtures/awayGateway.ts'
import { AwayChain, until } from '../fixtures/awayWorld.ts'
import { WorldPlayer } from '../fixtures/indexWorldPlay.ts'
import { MarketActors } from '../fixtures/marketActors.ts'
import { BLY } from '../fixtures/marketWorld.ts'

const ALICE = 'alice.near'

describe('a gateway that is killed', function () {
  this.timeout(90_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-killed-'))
  const player = new WorldPlayer({ tasks: 6, operators: 16, workers: 3, rounds: 2, atOnce: 2, seed: 'killed' })
  const { world } = player
  const chain = new AwayChain(world)
  let options: object
  let gateway: KillableGateway
  let guest: Guest
  let page: Listener
  let from = 0
  let apiKey: string
  const orders: Awaited<ReturnType<typeof orderBody>>[] = []
  const acknowledged: string[] = []

  const start = async (): Promise<void> => {
    gateway = await spawnGateway(options)
  }
  /** Plays blocks and lets the world's RPC answer between them. */
  const play = async (finished: number) => {
    while (player.finished < finished) {
      player.step()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const opened = () => chain.taken.filter(({ method }) => method === 'open_key')

  before(async () => {
    orders.push(await orderBody(21), await orderBody(22))
    world.block(() => {
      world.giveBly(ALICE, 100_000n * BLY)
      world.call(ALICE, 'storage_deposit', {}, 10n ** 30n)
    })
    await chain.start()
    const port = await freePort()
    options = { ...gatewayOptions(chain, join(dir, 'gateway'), { port }), skewMs: world.now() - Date.now() }
    await start()
    guest = new Guest(() => gateway.url)
    await until('ready', async () => (await guest.get('/ready')).status === 200)
    expect((await guest.signIn(chain, ALICE)).status).to.equal(200)
    apiKey = (await guest.post('/api/v1/user/api-keys', { name: 'mine', scopes: ['read'] })).json.key
    acknowledged.push((await guest.post('/api/v1/tasks', orders[0]!.body)).json.draft)
    page = new Listener(() => gateway.url)
    await page.join()
    from = world.height
  })
  after(async () => {
    page?.leave()
    await gateway?.kill()
    await chain.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it('goes on where it was, on its port, after kills at seeded points, one of them within an order', async () => {
    for (const [i, share] of [2, 4].entries()) {
      await play(share)
      // How far it has come by then is the seed's, the machine's and the moment's.
      await until('it follows', () => page.cursors.length >= (i + 1) * 5)
      const lost = i === 1 ? guest.post('/api/v1/tasks', orders[1]!.body).catch(() => 'no answer') : null
      if (lost !== null) await new Promise((resolve) => setTimeout(resolve, player.draw(300, 'kill')))
      await gateway.kill()
      await lost
      await play(share + 1)
      await start()
      await page.join()
      // Whoever comes without a cursor is told of news alone, however much lies in the index.
      const newcomer = new Listener(gateway.url)
      await newcomer.join()
      await until('everything is in', async () => (await guest.get('/ready')).status === 200)
      expect(newcomer.cursors).to.not.include(page.cursors[0])
      newcomer.leave()
    }
    await play(6)
    await until('all news', () => page.cursors.length >= taskUpdates(chain, from))
    expect([page.cursors.length, new Set(page.cursors).size]).to.deep.equal(Array(2).fill(taskUpdates(chain, from)))
    expect(await toldHash(guest, chain)).to.equal(await rebuiltHash(chain))
  })

  it('has every session, API key and order that it acknowledged', async () => {
    expect((await guest.get('/api/v1/user/profile')).json.user).to.equal(`near:${ALICE}`)
    expect((await guest.refresh()).status).to.equal(200)
    const program = new Guest(() => gateway.url)
    program.token = apiKey
    expect((await program.get('/api/v1/user/profile')).status).to.equal(200)
    expect((await guest.post('/api/v1/tasks', orders[0]!.body)).json.draft).to.equal(acknowledged[0])
  })

  it('takes an order whose answer was lost again, and makes one task of it', async () => {
    const first = await guest.post('/api/v1/tasks', orders[1]!.body)
    const second = await guest.post('/api/v1/tasks', orders[1]!.body)
    expect([first.status, second.status, second.json.draft]).to.deep.equal([201, 201, first.json.draft])
    acknowledged.push(first.json.draft)
  })

  describe('holding the keys of a requester who is away', () => {
    let task: string
    let players: MarketActors

    /** Plays operators until the round waits for its key, is over, or the task has vested. */
    const playTo = async (
      end: (view: { vested: boolean }, round: { phase: string; round: number; key: string | null }) => boolean,
    ) => {
      for (let turn = 0; turn < 400; turn++) {
        const view = world.view('get_task', { task_id: task })
        const round = world.view('get_round', { task_id: task, round: view.round })
        if (end(view, round)) return
        const disputes = round.disputes.map((each: string) => world.view('get_dispute', { dispute_id: each }))
        const planned = players.calls(view, round, disputes)
        world.block(() => {
          for (const { account, method, args } of planned) world.try(account, method, args)
        })
        if (planned.length > 0) continue
        if (round.phase === 'publish' && round.key === null) {
          await new Promise((resolve) => setTimeout(resolve, 20)) // the key is the gateway's to open, in real time
          continue
        }
        world.market.advance(6_000)
        world.block(() => world.try('cranker.near', 'crank', { task_id: task }))
      }
      throw new Error('the task stood still')
    }

    before(async () => {
      const { message, quote } = (await guest.post('/api/v1/tasks', orders[0]!.body)).json
      world.block(() => world.transferCall(ALICE, BigInt(quote.bountyAtto), { task: message }))
      for (let i = 0; i < 3; i++) world.block()
      task = world.view('get_tasks', {}).at(-1).id
      expect(world.view('get_task', { task_id: task }).requester).to.equal(ALICE)
      const actors = player.operators.map((account) => ({ account }))
      players = new MarketActors({ seed: 'keys', actors, requester: ALICE, keys: orders[0]!.keys })
      players.opensKeys = false
      await toldHash(guest, chain)
    })

    it('opens nothing before the round waits for it', async () => {
      await playTo((_, { phase }) => phase === 'reveal' || phase === 'publish')
      await gateway.kill()
      await playTo((_, { phase, key }) => phase === 'publish' && key === null)
      expect(opened()).to.deep.equal([])
    })

    it('opens the round in time when it was killed before it, and is back', async () => {
      const { deadline } = world.view('get_round', { task_id: task, round: 0 })
      await start()
      const { ms } = await until('the key is open', () => opened().length > 0)
      expect(opened()).to.deep.equal([
        {
          signer: 'gateway.near',
          method: 'open_key',
          args: { task_id: task, round: 0, key: orders[0]!.keys[0] },
          refusal: null,
        },
      ])
      expect(ms).to.be.below(deadline - world.now())
    })

    it('opens no round twice when it was killed before it heard that the key was taken', async () => {
      await playTo((_, { phase, round }) => round === 1 && phase === 'reveal')
      chain.losesReplies = true
      await playTo((_, { key, round }) => round === 1 && key !== null)
      await gateway.kill()
      chain.losesReplies = false
      await start()
      await playTo(({ vested }) => vested)
      await until(
        'it has looked at the end',
        async () => (await guest.get(`/api/v1/tasks/${task}`)).json.state === 'Completed',
      )
      expect(opened().map(({ args, refusal }) => [args.round, refusal])).to.deep.equal([
        [0, null],
        [1, null],
      ])
      expect(world.view('get_task', { task_id: task }).keys).to.deep.equal(orders[0]!.keys)
    })

    it('made no second task and no second order of what was asked again, and its index is a rebuild’s', async () => {
      const again = await guest.post('/api/v1/tasks', orders[0]!.body)
      expect([again.status, again.json.code]).to.deep.equal([409, 'ORDER_CONFLICT'])
      const hash = await rebuiltHash(chain)
      await until('everything is in', async () => (await toldHash(guest, chain)) === hash)
      await gateway.kill()
      const database = await openDatabase({ dir: join(dir, 'gateway') })
      const rows = await database.db.select().from(drafts)
      const { sha256 } = await hashIndex(database.db)
      await database.close()
      expect(rows.map(({ id }) => id).sort()).to.deep.equal([...acknowledged].sort())
      expect(sha256).to.equal(hash)
      expect(
        world.view('get_tasks', {}).filter(({ requester }: { requester: string }) => requester === ALICE),
      ).to.have.length(1)
    })
  })
})

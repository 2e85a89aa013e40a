/** Settled rounds are merged once each, also when database or trainer were away at that moment. */
import { expect } from 'chai'
import { type OpenedDatabase, openDatabase } from '../../../../../workers/gateway/database/index.ts'
import { followSettled } from '../../../../../workers/gateway/orders/settledRounds.ts'
import type { Database } from '../../../../../workers/gateway/types.ts'
import { testParts } from '../../../../fixtures/gatewayParts.ts'
import { type GatewayWorld, playedGateway } from '../../../../fixtures/gatewayWorld.ts'

describe('settled rounds', function () {
  this.timeout(60_000)
  let world: GatewayWorld
  let other: OpenedDatabase
  before(async () => {
    world = await playedGateway({ tasks: 2, operators: 12, workers: 2, rounds: 2, seed: 'settled' })
    other = await openDatabase({ dir: null })
  })
  after(async () => {
    await world.close()
    await other.close()
  })

  const follow = (merge: (task: string) => Promise<void>, db: Database = world.parts.db, retryMs = 5) => {
    const listeners = new Set<Parameters<typeof world.parts.head.onBlock>[0]>()
    const { log, signal, lines } = testParts()
    const head = {
      ...world.parts.head,
      onBlock: (listener: Parameters<typeof world.parts.head.onBlock>[0]) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }
    const settled = followSettled({ db, head, log, signal, merge, retryMs })
    const tell = (...tasks: number[]): void => {
      for (const listener of listeners) listener({ height: 1, at: 1, tasks, accounts: [] })
    }
    return { settled, tell, lines }
  }

  it('are merged again when what they need was away, until it is done, and not after that', async () => {
    const tried: string[] = []
    let fails = 3
    let done = (): void => {}
    const merged = new Promise<void>((resolve) => {
      done = resolve
    })
    const { settled, tell } = follow(async (task) => {
      tried.push(task)
      if (task === '1' && fails-- > 0) throw new Error('nobody serves it right now')
      if (task === '1') done()
    })
    tell(1, 2)
    await merged
    await settled.stop()
    expect(tried.sort()).to.deep.equal(['1', '1', '1', '1', '2'])
  })

  it('are not tried with every block while they fail, nor told of more than once', async () => {
    const tried: string[] = []
    const { settled, tell, lines } = follow(
      async (task) => {
        tried.push(task)
        throw new Error('nobody serves it any more')
      },
      world.parts.db,
      3_600_000,
    )
    for (let block = 0; block < 20; block++) tell(1)
    await settled.idle()
    expect(tried).to.deep.equal(['1'])
    expect(lines.map(({ what }) => what)).to.deep.equal(['round not merged'])
    await settled.stop()
  })

  it('are read again when the database was away', async () => {
    let away = 2
    const db = new Proxy(world.parts.db, {
      get(target, name, receiver) {
        if (name === 'select' && away-- > 0) throw new Error('Connection terminated')
        return Reflect.get(target, name, receiver)
      },
    })
    const merged = new Promise<string>((resolve) => {
      const { tell } = follow(async (task) => resolve(task), db)
      tell(1)
    })
    expect(await merged).to.equal('1')
  })

  it('are left alone when there are none, or nobody is there any more to wait', async () => {
    const tried: string[] = []
    const { settled, tell } = follow(async (task) => void tried.push(task), other.db)
    tell(1)
    await settled.stop()
    tell(1)
    expect(tried).to.deep.equal([])
  })
})

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { arm, drawKill, faultOf, HONEST, type Kill, type KillPoint, playKills } from '../fixtures/kills.ts'
import { type Network, startNetwork } from '../fixtures/network.ts'

/** Each worker dies once, at another point of the same task. */
const WORKERS: Kill[] = [
  dies('worker.mid-training', 'trainer-1'),
  dies('worker.committed', 'trainer-2'),
  dies('worker.salt-journalled', 'validator-1'),
  dies('worker.verdict-committed', 'validator-2'),
  dies('worker.commit-sent', 'validator-3'),
]

describe('a network whose processes are killed with kill -9', function () {
  this.timeout(300_000)
  let dir: string
  let network: Network
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan kill '))
    const env = Object.fromEntries(WORKERS.map((kill) => [kill.victim, faultOf(kill)]))
    network = await startNetwork({ dir, members: HONEST, env })
  })
  after(async () => {
    await network?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('completes its task, with nothing lost and nobody slashed, though each worker dies once', async () => {
    const { rounds } = await playKills(network, WORKERS, 1)
    expect(rounds[0].trainers.map(({ faults }) => faults)).to.deep.equal([[], []])
    expect(readFileSync(join(dir, 'log', 'trainer-1.test.near.log'), 'utf8'), 'goes on where it was').to.include(
      '"type":"resumes"',
    )
  })

  it('completes it though the chain dies between accepting and keeping a transaction', async () => {
    const kills = [drawKill('chain.accepted', 1)]
    await arm(network, kills)
    await playKills(network, kills, 2)
  })

  it('completes it though chain and journal lose bytes of the last record that they wrote', async () => {
    const kills = [drawKill('cut.chain', 1), dies('cut.journal', 'trainer-1')]
    await arm(network, kills)
    await playKills(network, kills, 3)
  })
})

function dies(point: KillPoint, victim: string): Kill {
  return { ...drawKill(point, 1), victim }
}

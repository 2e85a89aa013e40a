/** Which models a server holds: the newest, across rounds, tasks, failures and restarts. */
import { expect } from 'chai'
import { type HeldCheckpoints, holdCheckpoints, RETIRED_MS } from '../../../../../workers/node/serve/checkpoints.ts'
import { youngestTasks } from '../../../../../workers/node/serve/youngest.ts'
import type { TaskContext } from '../../../../../workers/node/taskContext.ts'
import type { TaskView } from '../../../../../workers/node/views.ts'
import { componentBytes } from '../../../../../workers/proof/index.ts'
import type { ContentStore } from '../../../../../workers/storage/index.ts'
import { CONFIG, checkpointOf, MODEL } from '../../../../fixtures/answerServer.ts'
import { memoryStore } from '../../../../fixtures/toyTraining.ts'

const task = (id: number, settled: number, state = 'InProgress'): TaskView =>
  ({ id: String(id), rounds_settled: settled, state }) as TaskView

/** Parameters of a task's round: any that differ. */
const parametersOf = (id: string, round: number): Float32Array =>
  checkpointOf((Number(id) * 16 + round).toString(16).padStart(4, '0')).parameters
const hashOf = (id: string, round: number): string =>
  checkpointOf((Number(id) * 16 + round).toString(16).padStart(4, '0')).checkpoint.sha256

describe('the models that a server holds', () => {
  let tasks: TaskView[] = []
  let silent = new Set<string>()
  let clock = 0
  const files = memoryStore()
  const entries = new Map<string, unknown>()
  const held = new Set<string>()

  const open = (): HeldCheckpoints =>
    holdCheckpoints({
      tasks: async () => tasks,
      open: async ({ id }) =>
        ({
          document: { model: { ...CONFIG, parameters: MODEL.size } },
          base: async (round: number) => {
            if (silent.has(id)) throw new Error('nobody serves it')
            return { parameters: parametersOf(id, round), hash: hashOf(id, round) }
          },
        }) as unknown as TaskContext,
      store: {
        add: (bytes: Uint8Array) => files.put(bytes),
        cat: (cid: string) => files.get(cid),
        unpin: async (cid: string) => void files.files.delete(cid),
      } as unknown as ContentStore,
      journal: {
        get: (key: string) => (entries.get(key) ?? null) as never,
        put: (key: string, value: unknown) => void entries.set(key, structuredClone(value)),
        remove: (prefix: string) => {
          for (const key of [...entries.keys()]) if (key.startsWith(prefix)) entries.delete(key)
        },
        keys: (prefix: string) => [...entries.keys()].filter((key) => key.startsWith(prefix)),
        salt: () => '',
        close: () => {},
      },
      compute: { hold: async (cid) => void held.add(cid), drop: async (cid) => void held.delete(cid) },
      now: () => clock,
      log: () => {},
      signal: new AbortController().signal,
    })
  const state = (checkpoints: HeldCheckpoints): string[] =>
    checkpoints.list().map((each) => `${each.task}/${each.round}`)

  beforeEach(() => {
    for (const each of [files.files, entries, held, silent]) each.clear()
  })

  it('takes a task whose first round settled, then its next round in its place', async () => {
    const checkpoints = open()
    tasks = [task(1, 0)]
    await checkpoints.refresh()
    expect(state(checkpoints)).to.deep.equal([])
    tasks = [task(1, 1)]
    await checkpoints.refresh()
    tasks = [task(1, 2, 'Completed')]
    await checkpoints.refresh()
    expect(state(checkpoints)).to.deep.equal(['1/2'])
    const [{ cid, file, sha256 }] = checkpoints.list()
    expect(sha256).to.equal(hashOf('1', 2))
    clock += RETIRED_MS
    await checkpoints.sweep()
    expect([...held]).to.deep.equal([cid])
    expect([...files.files.keys()]).to.deep.equal([file])
    expect([...(await files.get(file))]).to.deep.equal([...componentBytes(parametersOf('1', 2))])
  })

  it('holds the two youngest tasks, and forgets the rest everywhere', async () => {
    const checkpoints = open()
    for (const young of [
      [task(9, 1)],
      [task(10, 1), task(9, 1)],
      [task(12, 1), task(11, 0), task(10, 1), task(9, 1)],
    ]) {
      tasks = young
      await checkpoints.refresh()
    }
    expect(state(checkpoints)).to.deep.equal(['12/1', '10/1'])
    clock += RETIRED_MS
    await checkpoints.sweep()
    expect([held.size, files.files.size, entries.size]).to.deep.equal([2, 2, 4])
  })

  it('lets answers under way end: what was replaced stays for a while, unlisted', async () => {
    const checkpoints = open()
    tasks = [task(1, 1)]
    await checkpoints.refresh()
    const [before] = checkpoints.list()
    tasks = [task(1, 2)]
    await checkpoints.refresh()
    clock += RETIRED_MS - 1
    await checkpoints.sweep()
    expect(checkpoints.retired()).to.deep.equal([before])
    expect(held.has(before.cid)).to.equal(true)
    clock += 1
    await checkpoints.sweep()
    expect(checkpoints.retired()).to.deep.equal([])
    expect(held.has(before.cid)).to.equal(false)
    expect(files.files.has(before.file)).to.equal(false)
  })

  it('answers again after a restart though nobody serves the deltas any more', async () => {
    tasks = [task(1, 3, 'Completed')]
    await open().refresh()
    held.clear()
    silent = new Set(['1'])
    const again = open()
    await again.restore()
    await again.refresh()
    expect(state(again)).to.deep.equal(['1/3'])
    expect(held.size).to.equal(1)
  })

  it('lets go after a restart of what was replaced before it', async () => {
    const checkpoints = open()
    for (const round of [1, 2]) {
      tasks = [task(1, round)]
      await checkpoints.refresh()
    }
    expect(files.files.size).to.equal(2)
    const again = open()
    await again.restore()
    expect([...files.files.keys()]).to.deep.equal([again.list()[0].file])
  })

  it('does not take up kept bytes that changed on disk', async () => {
    tasks = [task(1, 3, 'Completed')]
    await open().refresh()
    const [[cid, bytes]] = files.files
    files.files.set(
      cid,
      bytes.map((byte) => byte ^ 1),
    )
    const again = open()
    await again.restore()
    expect(state(again)).to.deep.equal([])
    await again.refresh()
    expect(state(again)).to.deep.equal(['1/3'])
  })

  it('keeps the older round while the newer cannot be fetched, and asks less and less often', async () => {
    const checkpoints = open()
    tasks = [task(1, 1)]
    await checkpoints.refresh()
    tasks = [task(1, 2)]
    silent = new Set(['1'])
    await checkpoints.refresh()
    expect(state(checkpoints)).to.deep.equal(['1/1'])
    silent = new Set()
    await checkpoints.refresh()
    expect(state(checkpoints), 'not at once').to.deep.equal(['1/1'])
    clock += 1_000
    await checkpoints.refresh()
    expect(state(checkpoints)).to.deep.equal(['1/2'])
  })
})

describe('the youngest tasks', () => {
  for (const count of [0, 1, 2, 3, 5, 8, 100, 1000]) {
    it(`are found among ${count}, and when more come`, async () => {
      let all = Array.from({ length: count }, (_, i) => task(i, 0))
      let asked = 0
      const youngest = youngestTasks(async (from, limit) => {
        asked += 1
        return all.slice(from, from + limit)
      }, 3)
      const ids = async () => (await youngest()).map(({ id }) => Number(id))
      expect(await ids()).to.deep.equal([count - 1, count - 2, count - 3].filter((id) => id >= 0))
      expect(asked).to.be.at.most(2 * Math.ceil(Math.log2(count + 2)) + 2)
      asked = 0
      await ids()
      expect(asked).to.be.at.most(2)
      all = [...all, ...Array.from({ length: 5 }, (_, i) => task(count + i, 0))]
      expect((await ids())[0]).to.equal(count + 4)
    })
  }
})

/** What people read of the market: columns that add up, tasks and stakes in words, receipts, and where a chain is found. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { lockFolder } from '../../../../chain/node/lock.ts'
import { columnDigits, exactBly } from '../../../../scripts/cli/columns.ts'
import { exitCodeOf } from '../../../../scripts/cli/errors.ts'
import { amountOf, requireCeiling } from '../../../../scripts/cli/money.ts'
import { verifyJson, verifyText } from '../../../../scripts/cli/receipt.ts'
import { checkBook, type ReceiptBook, readReceipts } from '../../../../scripts/cli/receiptEvidence.ts'
import { openSession } from '../../../../scripts/cli/session.ts'
import { stakeText } from '../../../../scripts/cli/stakeText.ts'
import { taskSentence } from '../../../../scripts/cli/task/words.ts'
import { type NodeView, type RoundView, roundView, taskView } from '../../../../scripts/cli/views.ts'
import { MarketSim } from '../../../fixtures/marketSim.ts'

const BLY = 10n ** 18n
const ids = { market: 'market.test.near', bly: 'bly.test.near' }
const errorOf = (work: () => unknown): BlyanError => {
  try {
    work()
  } catch (error) {
    return error as BlyanError
  }
  throw new Error('nothing was refused')
}

const played = new MarketSim({
  actors: [
    ...['t1', 't2'].map((name) => ({ account: `${name}.near`, trainer: {} })),
    ...['v1', 'v2', 'v3'].map((name) => ({ account: `${name}.near`, validator: {} })),
  ],
  spec: { workers: 2, rounds: 2 },
})

// biome-ignore lint/suspicious/noExplicitAny: views are JSON of many shapes
type Json = any

/** A session over the market's rules, with one answer changed by whoever wants to cheat. */
const reader = (cheat: (method: string, json: Json) => Json = (_, json) => json) => ({
  head: async () => ({ height: 7, at: 0 }),
  view: async (schema: Json, method: string, args: object = {}) =>
    schema.parse(cheat(method, played.world.view(method as 'get_task', args))),
})

describe('columns of amounts', () => {
  it('show as many digits as it takes that they visibly add up', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 10n ** 22n }), { minLength: 1, maxLength: 8 }), (amounts) => {
        const digits = columnDigits(amounts)
        const shown = amounts.map((each) => BigInt(exactBly(each, digits).replace(/[.,]/g, '')))
        const total = amounts.reduce((sum, each) => sum + each, 0n)
        expect(shown.reduce((sum, each) => sum + each, 0n)).to.equal(
          BigInt(exactBly(total, digits).replace(/[.,]/g, '')),
        )
        for (const [i, each] of amounts.entries()) expect(shown[i] === 0n).to.equal(each === 0n) // no false zero
      }),
      { seed: 3 },
    )
  })

  it('stay at two digits where those suffice', () => {
    expect(columnDigits([9n * BLY, 161n * 10n ** 16n])).to.equal(2)
    expect(exactBly(1_234_500_000_000_000_000_000n, 2)).to.equal('1,234.50')
  })
})

describe('amounts that people type', () => {
  it('are refused with the argument’s name, and exit 2, before anything is sent', () => {
    for (const text of ['0', '-5', 'ten', '1e3', '', '0.0000000000000000001']) {
      const error = errorOf(() => amountOf(text, 'AMOUNT'))
      expect(error.data).to.include({ field: 'AMOUNT' })
      expect(exitCodeOf(error)).to.equal(2)
    }
    expect(amountOf('12.50', 'AMOUNT')).to.equal(12_500_000_000_000_000_000n)
  })

  it('stay below the ceiling of --max', () => {
    requireCeiling(5n * BLY, undefined, 'This costs')
    requireCeiling(5n * BLY, 5n * BLY, 'This costs')
    expect(errorOf(() => requireCeiling(5n * BLY + 1n, 5n * BLY, 'This costs')).what).to.equal(
      'This costs 5.01 BLY; --max is 5.00 BLY.',
    )
  })
})

describe('a task in words', () => {
  const task = taskView.parse(
    new MarketSim({ actors: [{ account: 't.near', trainer: {} }] }).world.view('get_task', { task_id: '1' }),
  )
  const seat = { outcome: null, faults: [], gain: null, base_pay: '0', bonus: '0', receipt: null }
  const round: RoundView = {
    task: '1',
    round: 0,
    phase: 'commit',
    phase_at: 1_000,
    deadline: 61_000,
    trainers: [
      { ...seat, account: 'a.near', state: 'accepted' },
      { ...seat, account: 'b.near', state: 'committed' },
    ],
    validators: [],
    disputes: [],
  }

  it('names who is awaited, and when it ends by itself', () => {
    expect(taskSentence(task, round, 31_000)).to.equal(
      'task 1: round 1 of 1, training; waits for a.near to hand in, at most 30 s.',
    )
    expect(taskSentence(task, round, 62_000)).to.contain('its time is over')
    const many = {
      ...round,
      trainers: Array.from({ length: 9 }, (_, i) => ({ ...seat, account: `t${i}`, state: 'accepted' })),
    }
    expect(taskSentence(task, many, 31_000)).to.contain('waits for 9 trainers to hand in')
  })

  it('says in every phase what is awaited, in glossary words', () => {
    for (const phase of roundView.shape.phase.options) {
      const sentence = taskSentence(task, { ...round, phase, deadline: null }, 31_000)
      expect(sentence, phase).to.match(/^task 1: round 1 of 1, [a-z ]+; waits for .+\.$/)
    }
  })

  it('says when money is payable, and why a task failed', () => {
    const done = { ...task, state: 'Completed' as const, rounds_settled: 1, vest_at: 70_000 }
    expect(taskSentence(done, null, 62_000)).to.match(
      /completed, 1 of 1 rounds; payable from 00:01:10 UTC \(in 8 s\)\.$/,
    )
    expect(taskSentence({ ...done, vested: true }, null, 0)).to.contain('everyone is paid')
    const failed = { ...done, state: 'Failed' as const, reason: 'NO_TRAINERS' }
    expect(taskSentence(failed, null, 62_000)).to.contain('since nobody could take it')
  })
})

describe('a stake in words', () => {
  const node: NodeView = {
    account: 'bob.near',
    roles: ['trainer'],
    kind: 'cpu',
    class: 'edge',
    peer: '',
    worker_key: null,
    stake: `${500n * BLY}`,
    locked: `${150n * BLY}`,
    free: `${350n * BLY}`,
    seats: 5,
    parked: true,
    unbonding: [{ amount: `${70n * BLY}`, at: 90_000 }],
    ledger: { payable: `${30n * BLY}`, locked: '0', paying: '0' },
  }

  it('adds up, and tells waiting time, missing address and missed draws', () => {
    const text = stakeText('bob.near', node, 60_000, null)
    expect(text).to.match(/^bob\.near has 500\.00 BLY staked\.\n/)
    expect(text).to.contain('500.00 = 350.00 free + 150.00 bonds · 5 seats')
    expect(text).to.contain('70.00 from 00:01:30 UTC (in 30 s)').and.contain('nobody can fetch your work')
    expect(text)
      .to.contain('an earlier draw went unanswered')
      .and.match(/next {2}\.\/blyan claim$/)
  })

  it('of nobody names the command that begins one', () => {
    expect(stakeText('bob.near', null, 0, null)).to.contain('./blyan stake add')
  })
})

describe('receipts from a chain', () => {
  const verify = async (session = reader()) => {
    const book = await readReceipts(session)
    return { book, checks: await checkBook(session, book) }
  }
  const flip = (hex: string) => (hex[9] === '0' ? '1' : '0').padStart(10, hex.slice(0, 9)) + hex.slice(10)
  const spoil = (wanted: string, change: (json: Json) => Json) =>
    reader((method, json) => (method === wanted ? change(structuredClone(json)) : json))
  const codesOf = async (session: ReturnType<typeof reader>) => {
    const { book, checks } = await verify(session)
    return verifyJson(book, checks).receipts.map(({ error }) => error?.code ?? null)
  }

  before(() => played.run())

  it('are all verified, and the document says so in the promised shape', async () => {
    const { book, checks } = await verify()
    const json = verifyJson(book, checks)
    expect(json).to.include({ ok: true, verified: 4, total: 4, root: book.list.root })
    expect(json.receipts[3]).to.include({ index: 3, hash: book.receipts[3]!.hash, verified: true, error: null })
    expect(verifyText(book, checks, { place: 'here' })).to.match(
      /4 of 4 verified here · list .{4}\.\..{2} of 4 receipts, block 7/,
    )
  })

  it('break with three different codes for one flipped byte in receipt, proof or root', async () => {
    const inReceipt = await codesOf(
      spoil('get_receipts', (list) => {
        list[1].base = flip(list[1].base)
        return list
      }),
    )
    expect(inReceipt).to.deep.equal([null, 'RECEIPT_HASH_WRONG', null, null])
    const inProof = await codesOf(
      spoil('receipt_proof', (proof) => ({ ...proof, proof: [flip(proof.proof[0]), ...proof.proof.slice(1)] })),
    )
    expect(new Set(inProof)).to.deep.equal(new Set(['RECEIPT_PROOF_WRONG']))
    const inRoot = await codesOf(spoil('receipt_root', (list) => ({ ...list, root: flip(list.root) })))
    expect(new Set(inRoot)).to.deep.equal(new Set(['RECEIPT_ROOT_WRONG']))
  })

  it('that a node withholds are noticed by the root of the list', async () => {
    const codes = await codesOf(spoil('get_receipts', (list) => list.filter((each: Json) => Number(each.index) < 2)))
    expect(new Set(codes)).to.deep.equal(new Set(['RECEIPT_ROOT_WRONG']))
  })

  it('break in words with link, expected and got', async () => {
    const session = spoil('receipt_root', (list) => ({ ...list, root: flip(list.root) }))
    const { book, checks } = await verify(session)
    const text = verifyText(book, checks.slice(0, 1), { place: 'here' })
    expect(text).to.contain('list on chain, block 7 BROKEN').and.contain('NOT VERIFIED')
    expect(text)
      .to.contain(`expected  ${book.list.root}`)
      .and.match(/got {7}[0-9a-f]{64}/)
  })

  it('that are not there are said to be missing, with how many there are', async () => {
    const book: ReceiptBook = await readReceipts(reader())
    const error = await checkBook(reader(), book, [9]).then(
      () => null,
      (thrown) => thrown,
    )
    expect(error).to.include({ code: 'RECEIPT_MISSING' })
    expect(error.what).to.contain('receipts 0 to 3')
  })
})

describe('where a command finds its chain', () => {
  const dir = mkdtempSync(join(tmpdir(), 'blyan-session-'))
  after(() => rmSync(dir, { recursive: true, force: true }))
  const refusal = (options: object) =>
    openSession({ ...ids, ...options }).then(
      () => null,
      (error: BlyanError) => error,
    )

  it('is one place, well written', async () => {
    expect(await refusal({ rpc: 'http://127.0.0.1:1', dir })).to.have.nested.property('data.field', 'dir')
    expect(await refusal({ rpc: 'localhost' })).to.have.nested.property('data.field', 'rpc')
    expect(await refusal({ dir: join(dir, 'nothing') })).to.include({ code: 'CLI_NO_STORED_CHAIN' })
  })

  it('is the running process where the stored chain is in use and left its address', async () => {
    mkdirSync(join(dir, 'busy'))
    writeFileSync(join(dir, 'busy', 'chain.log'), '')
    const unlock = lockFolder(join(dir, 'busy'))
    try {
      expect(await refusal({ dir: join(dir, 'busy') })).to.include({ code: 'CLI_STORED_CHAIN_BUSY' })
      writeFileSync(join(dir, 'busy', 'network.json'), JSON.stringify({ rpcUrl: 'http://127.0.0.1:4' }))
      const session = await openSession({ ...ids, dir: join(dir, 'busy') })
      expect(session.place).to.equal('http://127.0.0.1:4')
      expect(session.accountId('tom')).to.equal('tom.test.near')
      await session.close()
    } finally {
      unlock()
    }
  })
})

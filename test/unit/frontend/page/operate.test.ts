/** An operator's page and the models, as pure functions: what is said before money moves. */
import { expect } from 'chai'
import fc from 'fast-check'
import type { ModelLine, NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { bytesToHex } from '../../../../chain/lib/bytes.ts'
import { sha256 } from '../../../../chain/lib/hash.ts'
import { ONE_BLY } from '../../../../chain/lib/units.ts'
import { mergedWords, modelWords, toChains } from '../../../../frontend/src/page/models/chains.ts'
import { checkBytes } from '../../../../frontend/src/page/models/checkBytes.ts'
import { typedAmount } from '../../../../frontend/src/page/operate/amountField.ts'
import { firstCommands } from '../../../../frontend/src/page/operate/commands.ts'
import { toFaultLines } from '../../../../frontend/src/page/operate/faultLines.ts'
import {
  keepPreview,
  keptWith,
  lockedUntil,
  stakePreview,
  standingOf,
  unstakePreview,
} from '../../../../frontend/src/page/operate/standing.ts'
import { isPublicKey, workerKeyTransactions } from '../../../../frontend/src/page/operate/workerKey.ts'
import { parseReceiptSearch, toReceiptRow } from '../../../../frontend/src/page/receipts/receiptRow.ts'

const NOW = 1_760_000_000_000
const DAY = 86_400_000
const bly = (amount: number) => `${BigInt(Math.round(amount * 100)) * (ONE_BLY / 100n)}`
const status = (change: Partial<NodeStatus> = {}): NodeStatus => ({
  account: 'alice.near',
  roles: ['trainer'],
  kind: 'cpu',
  class: 'cloud',
  state: 'idle',
  stakeAtto: bly(500),
  unbondingAtto: '0',
  seats: 5,
  since: 1,
  earnedAtto: bly(48.31),
  lostAtto: '0',
  accepted: 5,
  faults: 0,
  peer: 'http://127.0.0.1:4401',
  freeAtto: bly(350),
  bondedAtto: bly(150),
  payableAtto: bly(30.31),
  lockedAtto: bly(18),
  payingAtto: '0',
  unbonding: [],
  payableFrom: [{ task: '7', amountAtto: bly(18), at: NOW + 7_200_000 }],
  draws: [],
  earnings: [],
  asOf: { height: 1, at: NOW, stale: false },
  ...change,
})

describe('an operator', () => {
  it('reads first what pressing Collect now forfeits, and what stays until when', () => {
    const { collect } = standingOf(status(), NOW)
    expect(collect.amountAtto).to.equal(BigInt(bly(30.31)))
    expect(collect.refusal).to.equal(null)
    expect(collect.says[0]).to.equal('It forfeits nothing: no seat, no bond, no draw.')
    expect(collect.says[1]).to.match(/^18\.00 BLY stay locked until .*\(in 2 h\)\.$/)
  })

  it('collects removed stake whose time is over with the pay, and no other', () => {
    const unbonding = [
      { amountAtto: bly(40), at: NOW - 1 },
      { amountAtto: bly(200), at: NOW + 6 * DAY },
    ]
    const { collect, leaving } = standingOf(status({ unbonding, lockedAtto: '0', payableFrom: [] }), NOW)
    expect(collect.amountAtto).to.equal(BigInt(bly(70.31)))
    expect(collect.ripeAtto).to.equal(BigInt(bly(40)))
    expect(leaving.map(({ ripe }) => ripe)).to.deep.equal([true, false])
    expect(collect.says.join(' ')).to.match(/200\.00 BLY of removed stake come free at .*\(in 6 d\)/)
  })

  it('is told why there is nothing to collect, never a dead button', () => {
    const none = standingOf(status({ payableAtto: '0' }), NOW).collect.refusal
    expect(none).to.match(/^Nothing is payable yet: 18\.00 BLY stay locked until/)
    expect(standingOf(status({ payableAtto: '0', lockedAtto: '0', payableFrom: [] }), NOW).collect.refusal).to.equal(
      'Nothing is payable: pay appears when a round settles.',
    )
  })

  it('who is parked learns what to do, and who left where the stake is', () => {
    expect(standingOf(status({ state: 'parked' }), NOW).next).to.match(/^Start its node again/)
    const left = standingOf(status({ state: 'left', unbonding: [{ amountAtto: bly(500), at: NOW + DAY }] }), NOW)
    expect(left.sentence).to.equal('alice.near is leaving: 500.00 BLY on the way out.')
    expect(left.word).to.equal('Leaving')
  })

  it('hears of locked pay the latest time, or that a task still runs', () => {
    const from = (...times: (number | null)[]) => ({
      payableFrom: times.map((at, i) => ({ task: `${i + 1}`, amountAtto: '1', at })),
    })
    expect(lockedUntil(from(NOW + 60_000, NOW + 90_000), NOW)).to.match(/\(in 90 s\)$/)
    expect(lockedUntil(from(null), NOW)).to.equal('until their tasks have ended and checking time has passed')
    expect(lockedUntil(from(null, NOW + 1), NOW)).to.equal('until their tasks have ended; some of them still run')
    expect(lockedUntil(from(NOW - 1), NOW)).to.equal('until someone moves their task on')
  })

  it('reads losses that add up to what was lost, as they are shown', () => {
    const atto = (text: string) => `-${BigInt(Math.round(Number(text) * 1e6)) * 10n ** 12n}`
    const earnings = [
      { day: '2026-11-14', reason: 'LEAF_FALSE', amountAtto: atto('5.001') },
      { day: '2026-11-14', reason: 'NOT_ACCEPTED', amountAtto: atto('0.025') },
      { day: '2026-11-14', reason: 'BASE_PAY', amountAtto: '1' },
    ]
    const { lines, total } = toFaultLines({ earnings, lostAtto: atto('5.026').slice(1) })
    expect(lines.map(({ shown }) => shown)).to.deep.equal(['−5.001', '−0.025'])
    expect(total.shown).to.equal('−5.026')
    const older = toFaultLines({ earnings, lostAtto: atto('6.026').slice(1) })
    expect(older.lines.at(-1)).to.include({ reason: 'before that', shown: '−1.000' })
  })

  it('cannot remove bonds, and reads which seats a removal costs', () => {
    const limits = { seatAtto: 100n * ONE_BLY, unbondingMs: 7 * DAY, now: NOW }
    expect(unstakePreview(status(), BigInt(bly(351)), limits).ok).to.equal(false)
    const two = unstakePreview(status(), BigInt(bly(200)), limits)
    expect(two.says[1]).to.match(/^It forfeits 2 seats/)
    expect(two.says[0]).to.match(/\(in 7 d\), by Collect/)
    expect(
      unstakePreview(status({ stakeAtto: bly(550), freeAtto: bly(400) }), BigInt(bly(50)), limits).says[1],
    ).to.match(/no seat/)
  })

  it('keeps with one part what leaves after it, and reads seats, risk and the lost waiting time first', () => {
    const limits = { seatAtto: 100n * ONE_BLY, unbondingMs: 7 * DAY, ageMs: 3_600_000 }
    const unbonding = [
      { amountAtto: bly(200), at: NOW + 6 * DAY },
      { amountAtto: bly(40), at: NOW - 1 },
      { amountAtto: bly(70), at: NOW + DAY },
    ]
    const { leaving } = standingOf(status({ unbonding }), NOW)
    expect(leaving.map((_, i) => keptWith(leaving, i).amountAtto)).to.deep.equal(
      [310, 270, 200].map((n) => BigInt(bly(n))),
    )
    const kept = keptWith(leaving, 1)
    expect(kept.earlierAtto).to.equal(BigInt(bly(40)))
    const says = keepPreview(BigInt(bly(500)), kept, limits)
    expect(says[0]).to.equal(
      '770.00 BLY of stake then: 2 seats more, drawable in 60 min. Draws made meanwhile stay as they are.',
    )
    expect(says.join(' ')).to.match(
      /costs up to that bond.*40\.00 BLY that leave earlier go on leaving.*takes 7 d anew/,
    )
    expect(keepPreview(0n, { amountAtto: BigInt(bly(99)), earlierAtto: 0n }, limits)[0]).to.match(
      /no seat more\. Draws/,
    )
  })

  it('reads risk and seats before staking, and what is missing for the first seat', () => {
    const limits = { seatAtto: 100n * ONE_BLY, unbondingMs: 7 * DAY, ageMs: 0 }
    expect(stakePreview(0n, 40n * ONE_BLY, limits)).to.deep.equal({
      ok: false,
      says: ['One seat needs 100.00 BLY: stake 100.00 BLY or more.'],
    })
    expect(stakePreview(0n, 200n * ONE_BLY, limits).says.join(' ')).to.match(
      /2 seats, drawable at once.*costs up to that bond/,
    )
  })

  it('types amounts as people do, and no mistake becomes another amount', () => {
    expect(typedAmount('1 200,5').problem).to.not.equal(undefined)
    expect(typedAmount('12.5').atto).to.equal(12_500_000_000_000_000_000n)
    expect(typedAmount('').problem).to.equal(null)
    for (const wrong of ['-1', '1e3', '0', '0x10', '1.2.3', 'all', '1.1234567890123456789'])
      expect(typedAmount(wrong).atto, wrong).to.equal(null)
    fc.assert(fc.property(fc.string(), (text) => void typedAmount(text)))
  })

  it('copies commands that hold its own name and nothing a shell would run', () => {
    const hostile = firstCommands('a;rm-rf.near', undefined)
    expect(hostile[0]!.command).to.include('--key arm-rf.json')
    const commands = firstCommands('alice.test.near', 'http://127.0.0.1:3030')
    expect(commands).to.have.length(3)
    expect(commands[1]!.command).to.equal(
      './blyan node --role trainer --peer-port 4401 --rpc http://127.0.0.1:3030 --key alice.json --dir alice',
    )
  })

  it('records only public keys', () => {
    expect(isPublicKey('ed25519:6E8sCci9badyRkXb3JoRpBj5p8C6Tw41ELDZoiihKEtp')).to.equal(true)
    for (const wrong of ['ed25519:abc', '6E8sCci9badyRkXb3JoRpBj5p8C6Tw41ELDZoiihKEtp', 'ed25519:0OIl', ''])
      expect(isPublicKey(wrong), wrong).to.equal(false)
    const [transaction] = workerKeyTransactions('market.near', 'k').transactions
    expect([
      transaction!.receiverId,
      transaction!.actions[0]!.methodName,
      transaction!.actions[0]!.deposit,
    ]).to.deep.equal(['market.near', 'set_worker_key', '1'])
  })
})

describe('the list of receipts', () => {
  it('finds by number, task and account, and takes nothing else', () => {
    expect(parseReceiptSearch(' 5 ')).to.deep.equal({ index: 5 })
    expect(parseReceiptSearch('#12')).to.deep.equal({ index: 12 })
    expect(parseReceiptSearch('task 7')).to.deep.equal({ task: '7' })
    expect(parseReceiptSearch('trainer-2.test.near')).to.deep.equal({ worker: 'trainer-2.test.near' })
    for (const wrong of ['', '<script>', '../x', 'a b', 'x'.repeat(65)])
      expect(parseReceiptSearch(wrong), wrong).to.equal(null)
  })

  it('says what was redone and whether it helped', () => {
    const line = {
      index: 5,
      worker: 'a.near',
      task: '1',
      round: 1,
      samples: 3,
      validators: 4,
      gainMicrobits: '31000',
      rewardAtto: bly(10.61),
      settledAt: NOW,
      smallPool: true,
    }
    const row = toReceiptRow(line as Parameters<typeof toReceiptRow>[0])
    expect([row.did, row.checked]).to.deep.equal([
      'was paid for round 2 of task 1',
      '3 × 4 samples redone, helped by 0.031 bits',
    ])
    expect(toReceiptRow({ ...line, gainMicrobits: '-5' } as Parameters<typeof toReceiptRow>[0]).checked).to.include(
      'did not help',
    )
  })
})

describe('models', () => {
  const model = (task: string, round: number, change: Partial<ModelLine> = {}): ModelLine => ({
    cid: 'bafk',
    hash: '00'.repeat(32),
    task,
    round,
    parent: null,
    final: false,
    at: NOW,
    receipts: [],
    held: true,
    ...change,
  })

  it('stand as chains from base to newest, one for each task', () => {
    const chains = toChains([model('2', 1), model('2', 0), model('1', 3), model('1', 2)])
    expect(chains.map(({ task, models, open }) => [task, models.map(({ round }) => round), open])).to.deep.equal([
      ['2', [0, 1], false],
      ['1', [2, 3], true],
    ])
    expect(modelWords(model('1', 0))).to.match(/^Base/)
    expect(mergedWords(model('1', 2, { receipts: [3, 4] }))).to.equal('2 updates merged into it')
    expect(mergedWords(model('1', 2))).to.equal('no update was accepted: the same as before')
  })

  it('are saved only when the bytes hash to what was promised', () => {
    const bytes = new TextEncoder().encode('hello world')
    const cid = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
    const promised = { sha256: bytesToHex(sha256(bytes)), cid }
    expect(checkBytes(bytes, promised)).to.equal(promised.sha256)
    expect(() => checkBytes(new TextEncoder().encode('hello worle'), promised)).to.throw('other bytes than it promised')
    expect(() => checkBytes(bytes, { ...promised, cid: cid.replace('fzj', 'fzk') })).to.throw('Nothing was saved')
  })
})

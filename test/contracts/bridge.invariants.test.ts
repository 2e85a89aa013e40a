/** What holds after every call of any sequence: the bridge's rules against a model that only keeps books. */
import { expect } from 'chai'
import fc from 'fast-check'
import { ARGS, type Method } from '../../contracts/near/bridge/args.ts'
import { PREFIX, parsePayoutKey } from '../../contracts/near/bridge/storage.ts'
import { changedRules, type SourceChange } from '../fixtures/bridge/bridgeRules.ts'
import { BridgeWorld } from '../fixtures/bridge/bridgeWorld.ts'
import { BLY, BRIDGE, GUARDIAN, HOUR, TOKEN } from '../fixtures/bridge/deployment.ts'

/** The last one is not registered with the token at first. */
const NAMES = ['alice', 'bob', 'dave']
const accountOf = (i: number) => `${NAMES[i]}.test.near`

type Step =
  | { do: 'lock' | 'unlock'; who: number; bly: number; nonce: number }
  | { do: 'refund' | 'veto' | 'release_delayed'; nonce: number }
  | { do: 'release'; max: number }
  | { do: 'collect'; who: number; to: number }
  | { do: 'wait'; ms: number }
  | { do: 'leave' | 'join'; who: number }
  | { do: 'settle' | 'pause' | 'unpause' }

const who = fc.nat(NAMES.length - 1)
const nonce = fc.nat(29)
const bly = fc.oneof(fc.integer({ min: 250, max: 399 }), fc.integer({ min: 1, max: 1_000 }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('lock' as const), who, bly, nonce }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('unlock' as const), who, bly, nonce }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('refund', 'veto', 'release_delayed'), nonce }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), max: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('collect' as const), who, to: who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: HOUR / 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('leave', 'join'), who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause', 'unpause') }) },
)

/** Keeps the books of what the bridge asks the token for. */
class Books {
  readonly w: BridgeWorld
  readonly paid: { at: number; amount: bigint; id: string }[] = []
  /** Ids in the order in which they were queued, until their turn. */
  readonly queue: string[] = []
  readonly vetoed = new Set<string>()

  constructor(w: BridgeWorld) {
    this.w = w
  }

  act(each: Step): void {
    const { w } = this
    const before = w.asked.length
    try {
      this.#do(each)
    } catch (error) {
      // A refusal with a code changes nothing; anything else is a fault of the rules.
      if (!/^[A-Z_]+(?::|$)/.test((error as Error).message)) throw error
      w.host.takeLogs()
    }
    for (const { callback, amount, args } of w.asked.slice(before)) {
      if (callback !== 'on_unlocked') continue
      const { direction, nonce } = args as { direction: string; nonce: string }
      const id = `${direction}:${nonce}`
      // Those that the guardian stopped leave the queue unpaid.
      while (each.do === 'release' && this.vetoed.has(this.queue[0] ?? '')) this.queue.shift()
      if (each.do === 'release') expect(this.queue.shift(), 'first come, first served').to.equal(id)
      else expect(this.queue, 'nobody overtakes').to.deep.equal([])
      this.paid.push({ at: w.now, amount: BigInt(amount), id })
    }
    for (const { event, data } of w.host.takeEvents()) {
      if (event === 'queued') this.queue.push(`${data[0].direction}:${data[0].nonce}`)
      if (event === 'vetoed') this.vetoed.add(`evm-near:${data[0].nonce}`)
    }
  }

  #do(each: Step): void {
    const { w } = this
    switch (each.do) {
      case 'lock':
        w.lock(accountOf(each.who), BigInt(each.bly) * BLY)
        break
      case 'unlock':
        w.unlock(w.burn(each.nonce, accountOf(each.who), BigInt(each.bly) * BLY))
        break
      case 'refund':
        w.refund(each.nonce)
        break
      case 'veto':
        w.guardian('veto', { nonce: `${each.nonce}` })
        break
      case 'release_delayed':
        w.call('anyone.near', 'release_delayed', { nonce: `${each.nonce}` })
        break
      case 'release':
        w.call('anyone.near', 'release', { max: each.max })
        break
      case 'collect':
        w.call(accountOf(each.who), 'collect_credit', { to: accountOf(each.to) }, 1n)
        break
      case 'wait':
        w.host.advance(each.ms)
        break
      case 'leave':
        // Only who holds nothing may leave without burning it.
        if (w.token.get(accountOf(each.who)) === 0n) w.token.delete(accountOf(each.who))
        break
      case 'join':
        if (!w.token.has(accountOf(each.who))) w.token.set(accountOf(each.who), 0n)
        break
      case 'settle':
        if (w.asked.length > 0) w.settleOne()
        break
      case 'pause':
      case 'unpause':
        w.guardian(each.do)
        break
      default:
        each satisfies never
    }
  }

  check(): void {
    const { w, paid } = this
    const status = w.view('status')
    const [locked, unlocked, credits, pending] = ['locked', 'unlocked', 'credits', 'pending'].map((name) =>
      BigInt(status[name]),
    )
    expect(unlocked + credits + pending <= locked, 'paid, owed and on the way are locked').to.equal(true)
    expect(w.token.get(BRIDGE), 'what is locked and not paid is here').to.equal(locked - unlocked)

    let [owed, waiting] = [0n, 0n]
    for (const [key, text] of w.host.storage) {
      if (key.startsWith(PREFIX.credit)) owed += BigInt(text)
      if (!key.startsWith(PREFIX.payout)) continue
      const { state, amount } = w.view('transfer', parsePayoutKey(key.slice(1)))
      if (['paying', 'queued', 'delayed'].includes(state)) waiting += BigInt(amount)
    }
    const collecting = w.asked.filter(({ callback }) => callback === 'on_collected')
    expect(credits, 'credits are the sum of their records').to.equal(owed)
    expect(pending, 'what waits is the sum of its records').to.equal(
      collecting.reduce((sum, { amount }) => sum + BigInt(amount), waiting),
    )

    expect(new Set(paid.map(({ id }) => id)).size, 'each nonce is paid once').to.equal(paid.length)
    const most = BigInt(w.settings.hourly_limit)
    for (const { at } of paid) {
      const window = paid.filter((each) => each.at >= at && each.at <= at + HOUR)
      const sum = window.reduce((total, { amount }) => total + amount, 0n)
      expect(sum <= most, `${sum} within an hour of ${at}`).to.equal(true)
    }
    expect(status.queue_length).to.equal(this.queue.length)
  }
}

/** Throws when a sequence breaks what must hold. One signer is enough here: signatures have tests of their own. */
function play(steps: readonly Step[], rules?: BridgeWorld['rules']): void {
  const changes = { veto_delay_s: 600 }
  const w = new BridgeWorld({ n: 1, k: 1, changes, rules })
  for (const name of NAMES) w.account(name, 3_000n * BLY)
  w.token.delete(accountOf(2))
  const books = new Books(w)
  for (const name of NAMES)
    for (let i = 0; i < 2; i++) books.act({ do: 'lock', who: NAMES.indexOf(name), bly: 900, nonce: 0 })
  for (const each of steps) {
    books.act(each)
    books.check()
  }
}

const deepEqual = (a: Map<string, string>, b: Map<string, string>) =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)

const sequences = fc.array(step, { minLength: 20, maxLength: 60 })

describe('bridge (rules) under random calls', function () {
  this.timeout(120_000)

  it('keeps its books, its limit and its order, and pays each nonce once', () => {
    fc.assert(
      fc.property(sequences, (steps) => play(steps)),
      { seed: 4, numRuns: 80 },
    )
  })

  it('refuses any nonsense with a code, and is as it was', () => {
    const w = new BridgeWorld()
    w.account('alice', 100n * BLY)
    w.lock('alice.test.near', BLY)
    const burn = w.burn(0, 'alice.test.near', BLY)
    const fair: Record<string, object> = {
      ft_on_transfer: { sender_id: 'alice.test.near', amount: '1', msg: '{"lock":{"receiver":"0x"}}' },
      unlock: { ...burn, signatures: w.sign('burn', burn) },
      refund: { nonce: '0', epoch: '1', signatures: [] },
      rotate: {
        epoch: '2',
        signers: w.settings.signers,
        k: 2,
        valid_from: '0',
        old_signatures: [],
        new_signatures: [],
      },
    }
    const methods = Object.keys(ARGS).filter((name) => !name.startsWith('storage_')) as Method[]
    const before = new Map(w.host.storage)
    const callers = fc.constantFrom('mallory.test.near', TOKEN, GUARDIAN)
    const attempt = fc.tuple(fc.constantFrom(...methods), callers, fc.jsonValue(), fc.string(), fc.bigInt(0n, 1n))
    fc.assert(
      fc.property(attempt, ([method, caller, junk, field, deposit]) => {
        const names = [...Object.keys(ARGS[method]), field]
        const at = names[junk === null ? 0 : JSON.stringify(junk).length % names.length]!
        const args = { ...fair[method], [at]: junk }
        try {
          if (method === 'on_unlocked' || method === 'on_collected') w.answer(method, args, true, caller)
          else w.call(caller, method, args, deposit)
          // What passes is a view, or the guardian's right.
          expect(caller === GUARDIAN || deepEqual(w.host.storage, before), `${method} changed something`).to.equal(true)
        } catch (error) {
          expect((error as Error).message).to.match(/^[A-Z]+(?:_[A-Z]+)+: /)
        }
        w.host.storage.clear()
        for (const [key, value] of before) w.host.storage.set(key, value)
        w.asked.length = 0
      }),
      { seed: 5, numRuns: 1500 },
    )
  })

  /** A planted bug, and the sentence of `check` that it breaks. */
  const BUGS: Record<string, SourceChange & { breaks: RegExp }> = {
    'forgets that a nonce was paid': {
      file: 'unlock.ts',
      from: 'ensure(!hasPayout(host, id)',
      to: 'ensure(true || !hasPayout(host, id)',
      breaks: /each nonce is paid once|what waits is the sum/,
    },
    'lets small ones overtake the queue': {
      file: 'payout.ts',
      from: 'isQueueEmpty(b) && ',
      to: '',
      breaks: /nobody overtakes/,
    },
    'leaks the bucket twice as fast': {
      file: 'limit.ts',
      from: 'const HOUR_MS = 3_600_000n',
      to: 'const HOUR_MS = 1_800_000n',
      breaks: /within an hour of/,
    },
    'keeps a credit that is being collected': {
      file: 'credit.ts',
      from: 'saveCredit(b.host, account, 0n)',
      to: 'saveCredit(b.host, account, amount)',
      breaks: /credits are the sum/,
    },
    'pays what is vetoed': {
      file: 'veto.ts',
      from: "state: 'vetoed', readyAt: 0",
      to: "state: 'delayed', readyAt: 0",
      breaks: /what waits is the sum/,
    },
  }
  for (const [bug, { breaks, ...change }] of Object.entries(BUGS)) {
    it(`would find a bridge that ${bug}`, async () => {
      const rules = await changedRules(change)
      const found = fc.check(
        fc.property(sequences, (steps) => play(steps, rules)),
        { seed: 4, numRuns: 80, endOnFailure: true },
      )
      expect(found.failed).to.equal(true)
      expect((found.errorInstance as Error).message).to.match(breaks)
    })
  }
})

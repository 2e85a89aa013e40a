/** The bridge's page as pure functions: what is refused before a signature, what is said, and what is believed of a server. */
import { expect } from 'chai'
import fc from 'fast-check'
import type { Limits, Transfer, TransferState } from '../../../../chain/client/bridge/index.ts'
import type { NetworkReply } from '../../../../chain/client/gateway/index.ts'
import { bridgeSalt } from '../../../../chain/client/protocol.ts'
import { BlyanError } from '../../../../chain/lib/errors.ts'
import { keccak256 } from '../../../../chain/lib/hash.ts'
import { ONE_BLY } from '../../../../chain/lib/units.ts'
import { carryOf, requireSame } from '../../../../frontend/src/page/bridge/carry.ts'
import { boundsOf, mostOf, orderOf, receiverOf } from '../../../../frontend/src/page/bridge/choices.ts'
import { failures, pauseText, waitOf, worthText } from '../../../../frontend/src/page/bridge/facts.ts'
import { placeOf, requireSameSides } from '../../../../frontend/src/page/bridge/place.ts'
import {
  attachedYocto,
  requireBridgeEvent,
  requireBurned,
  storageNeeded,
  storageTransactions,
} from '../../../../frontend/src/page/bridge/plan.ts'
import { noteSeen } from '../../../../frontend/src/page/bridge/seen.ts'
import { listed, sentenceOf, stepsOf } from '../../../../frontend/src/page/bridge/steps.ts'
import { wordsIn } from '../../../../scripts/check/words.ts'

const NOW = 1_795_000_000_000
const HOUR = 3_600_000
const bly = (amount: number): bigint => BigInt(Math.round(amount * 1e6)) * (ONE_BLY / 1_000_000n)
const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return error instanceof BlyanError ? error.code : String(error)
  }
  return 'nothing'
}

const limits = (change: Partial<Limits> = {}): Limits => ({
  minAmount: bly(0.01),
  maxAmount: bly(1_000_000),
  hourlyLimit: bly(2_000_000),
  capacity: bly(1_000_000),
  largeAmount: bly(100_000),
  vetoDelayMs: HOUR,
  queueLength: 0n,
  pausedUntil: null,
  ...change,
})
const CONTRACTS = {
  nearBridge: 'bridge.test.near',
  evmBridge: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
  evmToken: '0xa16E02E87b7454126E5E10d957A927A7F5B5d2be',
}
const BOB = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'

const transfer = (change: Partial<Transfer> = {}): Transfer => ({
  id: 'near-evm:7',
  direction: 'near-evm',
  nonce: 7n,
  sender: 'alice.near',
  receiver: BOB,
  amount: bly(5),
  state: 'final',
  times: { locked: NOW - 5_000 },
  signatures: { have: 1, need: 2, of: 3, missing: ['22'.repeat(20), '33'.repeat(20)] },
  awaits: 'signers',
  readyAt: null,
  txNear: null,
  txEvm: null,
  ...change,
})

describe('the bridge’s form', () => {
  const bounds = boundsOf({ near: limits({ minAmount: bly(0.5) }), evm: limits({ maxAmount: bly(900) }) })
  const made = (amount: string, to: string, balance: bigint | null = bly(1_000)) =>
    orderOf({ direction: 'near-evm', amount, to }, 'alice.near', balance, bounds, CONTRACTS)

  it('takes the narrower bounds of the two sides, since both check them', () => {
    expect(bounds).to.deep.equal({ minAtto: bly(0.5), maxAtto: bly(900) })
    expect(made('0.4', BOB).problems.amount).to.match(/at least 0\.5 BLY/)
    expect(made('901', BOB).problems.amount).to.match(/at most 900\.00 BLY/)
    expect(made('900', BOB).order).to.deep.equal({
      direction: 'near-evm',
      amount: bly(900),
      from: 'alice.near',
      to: BOB,
    })
  })

  it('makes no order of what the account does not hold, nor while it is not known what it holds', () => {
    expect(made('5', BOB, bly(4)).order).to.equal(null)
    expect(made('5', BOB, null).order).to.equal(null)
    expect(made('5', '').order).to.equal(null)
    expect(made('', BOB)).to.deep.equal({ order: null, problems: { amount: null, to: null } })
  })

  it('refuses receivers from which nobody could move it: a mistyped one, the bridge, its token, the address of zeros', () => {
    const wrong = BOB.replace('f39F', 'F39F')
    for (const to of [
      wrong,
      CONTRACTS.evmBridge,
      CONTRACTS.evmToken.toLowerCase(),
      `0x${'0'.repeat(40)}`,
      'bob.near',
    ]) {
      expect(receiverOf('near-evm', to, CONTRACTS).problem, to).to.be.a('string')
    }
    expect(receiverOf('near-evm', BOB.toLowerCase(), CONTRACTS).problem).to.equal(null)
    for (const to of [BOB, 'bridge.test.near', 'A.near', 'x']) {
      expect(receiverOf('evm-near', to, CONTRACTS).problem, to).to.be.a('string')
    }
    expect(receiverOf('evm-near', 'alice.near', CONTRACTS).to).to.equal('alice.near')
  })

  it('fills in at most what one transfer may carry, and nothing where the balance is below the least', () => {
    expect(mostOf(bly(5_000), bounds)).to.equal(bly(900))
    expect(mostOf(bly(7), bounds)).to.equal(bly(7))
    expect(mostOf(bly(0.2), bounds)).to.equal(null)
  })
})

describe('what is said before the signature', () => {
  it('states a latest time that only grows with delay, queue and pause', () => {
    const at = (change: Partial<Limits>, amount = bly(5)) =>
      waitOf({ direction: 'near-evm', amount }, limits(change), 2, NOW)
    const plain = at({})
    expect(plain).to.include({ delayMs: 0, queues: false })
    expect(plain.latest - NOW).to.be.within(60_000, 120_000)
    expect(at({}, bly(100_000)).latest - plain.latest).to.equal(HOUR)
    expect(at({ capacity: bly(4) })).to.include({ queues: true, latest: plain.latest + HOUR })
    expect(at({ queueLength: 3n }).latest - plain.latest).to.equal(4 * HOUR)
    expect(at({ pausedUntil: NOW + 2 * HOUR }).latest - plain.latest).to.equal(2 * HOUR)
  })

  it('waits for EVM’s own finality on the way back', () => {
    const back = (confirmations: number | 'finalized') =>
      waitOf({ direction: 'evm-near', amount: bly(5) }, limits(), confirmations, NOW).latest - NOW
    expect(back('finalized')).to.be.above(12.8 * 60_000)
    expect(back(12)).to.equal(13 * 12_000 + 60_000)
  })

  it('names the money’s place for every failure, with no word that nobody should meet', () => {
    for (const direction of ['near-evm', 'evm-near'] as const) {
      for (const large of [true, false]) {
        const all = failures({ direction, large, hasRelayer: large }, 2)
        expect(all.some(({ what }) => /guardian stops/.test(what))).to.equal(large)
        expect(all.every(({ what, money }) => wordsIn(`${what}. ${money}`).length === 0 && money.length > 20)).to.equal(
          true,
        )
      }
    }
  })

  it('says what the bridge is worth with its numbers, rounded up: never better than it is', () => {
    const said = worthText({ k: 2, n: 3, hourlyAtto: bly(2_000_000), heldAtto: bly(5.001) })
    expect(said).to.include('worth 2 of its 3 signers').and.include('Two corrupt signers')
    expect(said.replaceAll('\u202f', ' ')).to.include('1 000 000.00 BLY at once and 2 000 000.00 BLY within an hour')
    expect(said).to.include('5.01 BLY that are locked')
  })

  it('says since when and until when a side stands still', () => {
    const said = pauseText('near', NOW, (at) => String((at - NOW) / HOUR))
    expect(said).to.include('on NEAR at -72:').and.include('by 0 at the latest')
  })
})

describe('a transfer’s upright list', () => {
  const stateOf = (change: Partial<Transfer>) => stepsOf(transfer(change)).map(({ key, state }) => `${key} ${state}`)

  it('names who is awaited while signatures are missing', () => {
    const step = stepsOf(transfer())[2]!
    expect(step.state).to.equal('now')
    expect(step.words).to.match(/^1 of 3 signed, 2 are enough; waits for 0x2222..22 or 0x3333..33$/)
    expect(sentenceOf(transfer())).to.include('waits for signers, 1 of 2 so far')
    expect(listed(['a', 'b', 'c', 'd', 'e'])).to.equal('a, b, c or 2 more')
  })

  it('says of every wait since when it lasts and what ends it, and of nothing else', () => {
    for (const state of ['locked', 'final', 'signed', 'delayed', 'queued', 'vetoed'] as const) {
      const waits = stepsOf(transfer({ state }), { [state]: { at: NOW, by: null } }).filter(
        ({ meanwhile }) => meanwhile !== null,
      )
      expect(waits, state).to.have.length(1)
      expect(wordsIn(waits[0]!.meanwhile!)).to.deep.equal([])
      if (['final', 'signed'].includes(state)) expect(waits[0]!.since).to.equal(NOW)
    }
    expect(
      stepsOf(transfer({ state: 'minted' })).every(({ meanwhile, since }) => meanwhile === null && since === null),
    ).to.equal(true)
  })

  it('goes locked, final, signed, minted, and back the other way', () => {
    expect(stateOf({ state: 'locked' })).to.deep.equal(['locked past', 'final now', 'signed to come', 'minted to come'])
    expect(stateOf({ state: 'signed' })).to.deep.equal(['locked past', 'final past', 'signed past', 'minted now'])
    const back = { direction: 'evm-near', state: 'unlocked', signatures: null } as const
    expect(stateOf(back)).to.deep.equal(['burned past', 'final past', 'signed past', 'unlocked past'])
  })

  it('shows a delay with its end, a veto as what failed, and the way back', () => {
    const delayed = stepsOf(transfer({ state: 'delayed', readyAt: NOW + HOUR, signatures: null }))
    expect(delayed.map(({ key, state }) => `${key} ${state}`)).to.deep.equal([
      'locked past',
      'final past',
      'signed past',
      'delayed now',
      'minted to come',
    ])
    expect(delayed[3]!.until).to.equal(NOW + HOUR)
    expect(stateOf({ state: 'vetoed' }).slice(3)).to.deep.equal(['vetoed failed', 'refunded to come'])
    expect(stateOf({ state: 'refunded' }).slice(3)).to.deep.equal(['vetoed past', 'refunded past'])
    expect(stateOf({ direction: 'evm-near', state: 'credited' }).at(-1)).to.equal('credited past')
  })

  it('calls checked here only what this page checked, and tells a server’s time from a chain’s', () => {
    const known = {
      signed: { at: NOW, by: 'as the signers say', checked: true },
      minted: { at: NOW, by: 'as this gateway reports' },
    }
    const steps = stepsOf(transfer({ state: 'minted', signatures: null }), known)
    expect(steps.map(({ provenance }) => provenance)).to.deep.equal([
      'on chain',
      'on chain',
      'checked here',
      'on chain',
    ])
    expect(steps.map(({ at }) => at)).to.deep.equal([NOW - 5_000, null, NOW, NOW])
    expect(steps[3]!.detail).to.equal('as this gateway reports')
    const unseen = stepsOf(transfer({ state: 'minted', signatures: null }))[2]!
    expect(unseen.provenance, 'the contract checked them, this page did not').to.equal('on chain')
  })

  it('speaks in plain words in every state', () => {
    const states: TransferState[] = [
      'locked',
      'final',
      'signed',
      'delayed',
      'queued',
      'credited',
      'minted',
      'vetoed',
      'refunded',
    ]
    for (const state of states) {
      const one = transfer({ state })
      expect(
        wordsIn(
          `${sentenceOf(one)} ${stepsOf(one)
            .map(({ words }) => words)
            .join(' ')}`,
        ),
        state,
      ).to.deep.equal([])
    }
  })
})

describe('carrying it oneself', () => {
  it('is offered when there is something to carry, on the side where it is', () => {
    const at = (state: TransferState, readyAt: number | null = null, direction: Transfer['direction'] = 'near-evm') =>
      carryOf({ direction, state, readyAt }, NOW)
    expect(at('final')).to.equal(null)
    expect(at('signed')).to.deep.equal({ kind: 'pay', side: 'evm' })
    expect(at('signed', null, 'evm-near')).to.deep.equal({ kind: 'pay', side: 'near' })
    expect(at('delayed', NOW + 1)).to.equal(null)
    expect(at('delayed', NOW)).to.deep.equal({ kind: 'release delayed', side: 'evm' })
    expect(at('vetoed')).to.deep.equal({ kind: 'give back', side: 'near' })
    expect(at('queued', null, 'evm-near')).to.deep.equal({ kind: 'release', side: 'near' })
    for (const state of ['minted', 'unlocked', 'credited', 'refunded'] as const) expect(at(state)).to.equal(null)
  })

  it('refuses signatures over other money or another receiver than the source chain shows, however many there are', () => {
    const shown = transfer()
    const signed = { nonce: '7', amount: `${bly(5)}`, receiver: BOB.slice(2).toLowerCase() }
    expect(codeOf(() => requireSame(shown, signed))).to.equal('nothing')
    for (const change of [{ nonce: '8' }, { amount: `${bly(50)}` }, { receiver: '22'.repeat(20) }]) {
      expect(codeOf(() => requireSame(shown, { ...signed, ...change }))).to.equal('PAGE_WRONG_BYTES')
    }
  })
})

describe('what is signed on NEAR', () => {
  it('deposits for storage before a first lock, and not again while there is room', () => {
    const min = 10n ** 21n
    const first = storageNeeded({ min, available: null })
    expect(first > min && first < 20n * min).to.equal(true)
    expect(storageNeeded({ min, available: first - min })).to.equal(0n)
    expect(storageTransactions('bridge.test.near', 0n)).to.deep.equal([])
    expect(attachedYocto(storageTransactions('bridge.test.near', first))).to.equal(first)
  })

  it('always leaves room for one more record, and never asks for more than five', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 23n), (available) => {
        const needed = storageNeeded({ min: 0n, available })
        const record = 220n * 10n ** 19n
        expect(available + needed >= record && needed <= 5n * record).to.equal(true)
      }),
      { seed: 41 },
    )
  })

  it('a burn is the one that was reviewed: sender, receiver and amount', () => {
    const reviewed = { from: '0xAB', to: 'alice.near', amount: bly(2) }
    const burned = { nonce: 7n, sender: '0xab', receiver: 'alice.near', amount: bly(2) }
    const verdict = (change: object, name = 'Burned') =>
      codeOf(() => requireBurned([{ name, args: { ...burned, ...change } }], reviewed))
    expect(requireBurned([{ name: 'Burned', args: burned }], reviewed)).to.equal(7n)
    for (const change of [{ sender: '0xac' }, { receiver: 'thief.near' }, { amount: bly(20) }]) {
      expect(verdict(change)).to.equal('PAGE_WALLET_SENT_OTHER')
    }
    expect(verdict({}, 'Queued')).to.equal('PAGE_EVENT_MISSING')
  })

  it('is done only by the bridge’s own event about this account', () => {
    const event = (standard: string, name: string, sender: string) => ({
      standard,
      version: '1.0.0',
      event: name,
      data: [{ nonce: '7', sender }],
    })
    const wanted = (events: ReturnType<typeof event>[]) =>
      codeOf(() => requireBridgeEvent(events, ['locked'], 'sender', 'a.near'))
    expect(wanted([event('blyan_bridge', 'locked', 'a.near')])).to.equal('nothing')
    expect(wanted([event('nep141', 'locked', 'a.near')])).to.equal('PAGE_EVENT_MISSING')
    expect(wanted([event('blyan_bridge', 'locked', 'b.near')])).to.equal('PAGE_EVENT_MISSING')
    expect(wanted([event('blyan_bridge', 'queued', 'a.near')])).to.equal('PAGE_EVENT_MISSING')
  })
})

describe('the bridge that a gateway names', () => {
  const ORIGIN = 'http://127.0.0.1:4173'
  const network = {
    chainId: 'blyan-local',
    genesisHash: 'x',
    embedded: true,
    contracts: { bly: 'bly.test.near', market: 'market.test.near' },
  } as unknown as NetworkReply
  const genesisHash = 'ab'.repeat(32)
  const raw = (bridge = 'bridge.test.near') => ({
    schema: 'blyan.bridge/1',
    near: {
      chainId: 'blyan-local',
      genesisHash,
      rpcUrls: ['http://gateway.example/rpc'],
      bly: 'bly.test.near',
      market: 'market.test.near',
      bridge,
      oracle: null,
      dex: null,
    },
    evm: {
      chainId: 31_337,
      rpcUrls: ['/evm'],
      token: CONTRACTS.evmToken,
      bridge: CONTRACTS.evmBridge,
      verifier: BOB,
      reward: null,
      startBlock: 1,
      confirmations: 2,
    },
    salt: bridgeSalt(keccak256, { chainId: 'blyan-local', genesisHash, account: bridge }),
    guardian: { near: 'guardian.test.near', evm: BOB },
    signers: [{ address: BOB, url: `/api/v1/bridge/signers/${BOB}` }],
    k: 1,
    relayer: { url: 'http://127.0.0.1:9' },
  })

  it('is read through this page’s own origin, whatever the gateway calls itself: the CSP allows no other', () => {
    const { deployment, hasRelayer } = placeOf(raw(), network, ORIGIN)
    expect(deployment.near.rpcUrls).to.deep.equal([`${ORIGIN}/rpc`])
    expect(deployment.evm.rpcUrls).to.deep.equal([`${ORIGIN}/evm`])
    expect(deployment.signers[0]!.url).to.equal(`${ORIGIN}/api/v1/bridge/signers/${BOB}`)
    expect(hasRelayer).to.equal(true)
    expect(placeOf({ ...raw(), relayer: null }, network, ORIGIN).hasRelayer).to.equal(false)
  })

  it('is not believed when it is another than the network’s, or its two sides do not name each other', () => {
    expect(codeOf(() => placeOf(raw('thief.test.near'), network, ORIGIN))).to.equal('PAGE_BRIDGE_DIFFERS')
    expect(codeOf(() => placeOf({ ...raw(), salt: '00'.repeat(32) }, network, ORIGIN))).to.equal(
      'BRIDGE_DEPLOYMENT_INVALID',
    )
    const { deployment } = placeOf(raw(), network, ORIGIN)
    const status = { evm_bridge: CONTRACTS.evmBridge, evm_chain_id: '31337', salt: deployment.salt }
    expect(codeOf(() => requireSameSides(deployment, status))).to.equal('nothing')
    expect(codeOf(() => requireSameSides(deployment, { ...status, evm_bridge: BOB }))).to.equal('PAGE_BRIDGE_DIFFERS')
    expect(codeOf(() => requireSameSides(deployment, { ...status, evm_chain_id: '1' }))).to.equal('PAGE_BRIDGE_DIFFERS')
  })
})

describe('what a browser saw', () => {
  it('keeps the first time of each state, for so many transfers, and survives a stored text that is none of its own', () => {
    let text: string | null = '{'
    const storage = { getItem: () => text, setItem: (_: string, value: string) => void (text = value) }
    expect(noteSeen(storage, 'near-evm:1', 'locked', 5)).to.deep.equal({ locked: 5 })
    expect(noteSeen(storage, 'near-evm:1', 'locked', 9)).to.deep.equal({ locked: 5 })
    expect(noteSeen(storage, 'near-evm:1', 'final', 11)).to.deep.equal({ locked: 5, final: 11 })
    for (let i = 2; i < 80; i++) noteSeen(storage, `near-evm:${i}`, 'locked', i)
    expect(Object.keys(JSON.parse(text!) as object)).to.have.length(50)
  })
})

/**
 * Attacks on NEAR's side of the bridge. Each is carried out twice: on the contract's rules without the one line that stands
 * against it, where it takes what its name says, and on the rules as they are, where it takes nothing.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 as keccak } from '@noble/hashes/sha3.js'
import { expect } from 'chai'
import { type BurnPayload, hashBurn, typedDigest, ZERO_HASH } from '../../contracts/near/lib/pure/index.ts'
import { type BridgeRules, changedRules, type SourceChange } from '../fixtures/bridge/bridgeRules.ts'
import { BridgeWorld, type BridgeWorldOptions } from '../fixtures/bridge/bridgeWorld.ts'
import { BLY, BRIDGE, domainOf, EVM_RECEIVER, HOUR } from '../fixtures/bridge/deployment.ts'
import { bridgeSigners, malleable, signAll } from '../fixtures/bridge/signers.ts'
import { FakeHost } from '../fixtures/fakeHost.ts'

const MALLORY = 'mallory.test.near'

/** A bridge that holds 5,000 BLY of alice. */
function bridge(rules?: BridgeRules, options: BridgeWorldOptions = {}): BridgeWorld {
  const w = new BridgeWorld({ ...options, rules })
  const alice = w.account('alice', 6_000n * BLY)
  w.account('mallory')
  for (let i = 0; i < 5; i++) w.lock(alice, 1_000n * BLY)
  return w
}

/** BLY that mallory has in the end. */
const loot = (w: BridgeWorld): bigint => {
  w.settle()
  return w.balance(MALLORY)
}

/** What signers of a bridge without a domain would sign. */
const digestWithout = (burn: BurnPayload) => typedDigest(keccak, ZERO_HASH, hashBurn(keccak, burn))

const NO_ORDER: SourceChange = {
  file: 'signatures.ts',
  from: 'ensure(signer > last,',
  to: 'ensure(i === 0 || signatures[i] !== signatures[i - 1],',
}
const NO_SELF: SourceChange = {
  file: 'payout.ts',
  from: '  requireSelf(b.host)\n',
  to: '',
}

/** Recovers from high s too, as EVM's precompile and plain ECDSA do. */
class LaxHost extends FakeHost {
  override ecrecover(hash: Uint8Array, signature: Uint8Array, recovery: number): Uint8Array | null {
    const parsed = secp256k1.Signature.fromBytes(signature).addRecoveryBit(recovery)
    return parsed.recoverPublicKey(hash).toBytes(false).slice(1)
  }
}

describe('attacks on the NEAR bridge: signatures that were not meant for this', () => {
  it('who replays a paid burn takes its amount again and again from those who locked; the used nonce takes nothing', async () => {
    const attack = (w: BridgeWorld) => {
      const burn = w.burn(0, MALLORY, 300n * BLY)
      const signatures = w.sign('burn', burn)
      w.unlock(burn, signatures)
      w.settle()
      w.unlock(burn, signatures, MALLORY)
    }
    const open = bridge(
      await changedRules({ file: 'unlock.ts', from: 'ensure(!hasPayout(host, id)', to: 'ensure(true' }),
    )
    attack(open)
    expect(loot(open)).to.equal(600n)
    const w = bridge()
    expect(() => attack(w)).to.throw('BRIDGE_NONCE_USED: ')
    expect(loot(w)).to.equal(300n)
  })

  const elsewhere: [string, object][] = [
    ['another EVM chain', { evm_chain_id: '1' }],
    ['a bridge deployed anew on EVM', { evm_bridge: '12'.repeat(20) }],
    ['a NEAR network that restarted with another genesis', { genesis_hash: '22'.repeat(32) }],
    ['another NEAR network', { chain_id: 'testnet' }],
  ]
  for (const [name, changes] of elsewhere) {
    it(`who brings a burn signed for ${name} takes its amount where the domain leaves that out; here nothing`, async () => {
      const attack = (w: BridgeWorld, signedFor: BridgeWorld) => {
        const burn = w.burn(0, MALLORY, 300n * BLY)
        w.unlock(burn, signedFor.sign('burn', burn), MALLORY)
      }
      const one = 'domainSeparator(host.keccak256, { chainId: evm_chain_id, verifyingContract: evm_bridge, salt })'
      const rules = await changedRules({ file: 'init.ts', from: one, to: `'${ZERO_HASH}'` })
      const open = bridge(rules)
      const naive = (w: BridgeWorld) => {
        // Signers of a bridge without a domain sign over the same empty one everywhere.
        const burn = w.burn(0, MALLORY, 300n * BLY)
        const digest = digestWithout(burn)
        w.unlock(
          burn,
          w.signers.slice(0, 2).map((signer) => signer.sign(digest)),
          MALLORY,
        )
      }
      naive(open)
      expect(loot(open)).to.equal(300n)
      const w = bridge()
      expect(() => attack(w, new BridgeWorld({ changes }))).to.throw(/BRIDGE_SIGN/)
      expect(() => naive(w)).to.throw(/BRIDGE_SIGN/)
      expect(loot(w)).to.equal(0n)
    })
  }

  it('a bridge redeployed to another NEAR account has another domain, so what the old one was told counts nothing', () => {
    const w = bridge()
    const burn = w.burn(0, MALLORY, BLY)
    const old = signAll(w.signers.slice(0, 2), domainOf(w.settings, 'bridge2.test.near'), 'burn', burn)
    expect(() => w.unlock(burn, old)).to.throw(/BRIDGE_SIGN/)
  })

  it('who brings a veto of the other direction gets a lock back that was minted on EVM; the signed direction stops it', async () => {
    // Signers attest that burn 0 was vetoed on NEAR; lock 0 is mallory's, and was minted.
    const attack = (w: BridgeWorld) => {
      w.token.set(MALLORY, 900n * BLY)
      w.lock(MALLORY, 900n * BLY)
      const veto = { nonce: '5', epoch: '1', direction: 'evm-near' } as const
      w.refund(5, w.sign('veto', veto))
    }
    const open = bridge(
      await changedRules({ file: 'refund.ts', from: '{ ...id, epoch:', to: "{ ...id, direction: 'evm-near', epoch:" }),
    )
    attack(open)
    expect(loot(open), 'paid here, and minted there').to.equal(900n)
    const w = bridge()
    expect(() => attack(w)).to.throw(/BRIDGE_SIGN/)
    expect(loot(w)).to.equal(0n)
  })
})

describe('attacks on the NEAR bridge: fewer than k signers', () => {
  const burnOf = (w: BridgeWorld) => w.burn(0, MALLORY, 399n * BLY)

  it('one corrupt signer alone takes 399 BLY a call without the count of k; with it nothing', async () => {
    const attack = (w: BridgeWorld) => w.unlock(burnOf(w), w.sign('burn', burnOf(w), w.signers.slice(0, 1)), MALLORY)
    const open = bridge(
      await changedRules({ file: 'signatures.ts', from: 'signatures.length >= active.k', to: 'true' }),
    )
    attack(open)
    expect(loot(open)).to.equal(399n)
    const w = bridge()
    expect(() => attack(w)).to.throw('BRIDGE_SIGNATURES_TOO_FEW: ')
    expect(loot(w)).to.equal(0n)
  })

  it('one corrupt signer who signs twice counts as two where order is not asked for; here once', async () => {
    const attack = (w: BridgeWorld) => {
      const [one] = w.sign('burn', burnOf(w), w.signers.slice(0, 1))
      w.unlock(burnOf(w), [one, one], MALLORY)
    }
    const open = bridge(await changedRules({ ...NO_ORDER, to: 'ensure(true,' }))
    attack(open)
    expect(loot(open)).to.equal(399n)
    expect(() => attack(bridge())).to.throw('BRIDGE_SIGNATURES_UNSORTED: ')
  })

  it('one corrupt signer who writes one signature in two forms counts as two where high s is taken; here it is no signature', async () => {
    const attack = (w: BridgeWorld) => {
      const [one] = w.sign('burn', burnOf(w), w.signers.slice(0, 1))
      w.unlock(burnOf(w), [one, malleable(one)], MALLORY)
    }
    const open = bridge(await changedRules(NO_ORDER), { host: new LaxHost() })
    attack(open)
    expect(loot(open)).to.equal(399n)
    // Either defence is enough.
    expect(() => attack(bridge(undefined, { host: new LaxHost() }))).to.throw('BRIDGE_SIGNATURES_UNSORTED: ')
    expect(() => attack(bridge())).to.throw('BRIDGE_SIGNATURE_INVALID: ')
  })

  it('one corrupt signer who cuts v off a signature counts as two where its length is not looked at; here it is refused', async () => {
    const attack = (w: BridgeWorld) => {
      // Whichever v is guessed for the short form, it is right for one burn of two.
      const burns = [0, 1, 2, 3].map((nonce) => w.burn(nonce, MALLORY, 99n * BLY))
      const found = burns.find((burn) => w.sign('burn', burn, w.signers.slice(0, 1))[0].endsWith('1b'))!
      const [one] = w.sign('burn', found, w.signers.slice(0, 1))
      w.unlock(found, [one, one.slice(0, 128)], MALLORY)
    }
    const rules = await changedRules(
      NO_ORDER,
      { file: 'args.ts', from: 't.list(t.hex(65), MAX_SIGNERS)', to: 't.list(t.string(130), MAX_SIGNERS)' },
      { file: 'signatures.ts', from: 'const v = bytes[64]', to: 'const v = bytes[64] ?? 27' },
      { file: 'signatures.ts', from: 'bytes.length === 65 && ', to: '' },
    )
    const open = bridge(rules)
    attack(open)
    expect(loot(open)).to.equal(99n)
    expect(() => attack(bridge())).to.throw('ARGUMENT_INVALID: ')
  })

  it('retired signers, whose keys nobody guards any more, take 399 BLY where any epoch counts; here only the active one', async () => {
    const attack = (w: BridgeWorld) => {
      const next = bridgeSigners(3, 'next')
      const signers = next.map(({ address }) => address)
      const validFrom = `${w.host.timeNs / 1_000_000_000n + 3600n}`
      const payload = { epoch: '2', signers, k: 2, validFrom }
      const old_signatures = w.sign('rotate', payload)
      const new_signatures = signAll(next, domainOf(w.settings), 'rotate', payload)
      const args = { epoch: '2', signers, k: 2, valid_from: validFrom, old_signatures, new_signatures }
      w.call('anyone.near', 'rotate', args, 10n ** 23n)
      w.host.advance(HOUR)
      w.unlock(burnOf(w), w.sign('burn', burnOf(w)), MALLORY)
    }
    const open = bridge(
      await changedRules(
        {
          file: 'signatures.ts',
          from: 'const active = activeEpoch(b)',
          to: "const active = { ...JSON.parse('{}'), ...findEpoch(b.host, Number(epoch))!, number: Number(epoch) }",
        },
        {
          file: 'signatures.ts',
          from: "import { activeEpoch } from './epochs.ts'",
          to: "import { findEpoch } from './storage.ts'",
        },
      ),
    )
    attack(open)
    expect(loot(open)).to.equal(399n)
    const w = bridge()
    expect(() => attack(w)).to.throw('BRIDGE_EPOCH_WRONG: ')
    expect(loot(w)).to.equal(0n)
  })

  it('k corrupt signers hand the bridge to one key of their own, and take 399 BLY with it, where new signers need no delay; here the guardian has an hour to refuse them for ever', () => {
    const [own] = bridgeSigners(1, 'own')
    const rotate = (w: BridgeWorld, validFrom: bigint) => {
      const payload = { epoch: '2', signers: [own.address], k: 1, validFrom: `${validFrom}` }
      const { epoch, signers, k } = payload
      const old_signatures = w.sign('rotate', payload)
      const new_signatures = signAll([own], domainOf(w.settings), 'rotate', payload)
      const args = { epoch, signers, k, valid_from: payload.validFrom, old_signatures, new_signatures }
      w.call(MALLORY, 'rotate', args, 10n ** 23n)
    }
    const take = (w: BridgeWorld) => {
      const burn = { ...burnOf(w), epoch: '2' }
      w.unlock(burn, w.sign('burn', burn, [own]), MALLORY)
    }
    const secondsOf = (w: BridgeWorld) => w.host.timeNs / 1_000_000_000n
    const open = bridge(undefined, { changes: { rotation_delay_s: 0 } })
    rotate(open, secondsOf(open))
    take(open)
    expect(loot(open)).to.equal(399n)

    const w = bridge()
    expect(() => rotate(w, secondsOf(w))).to.throw('BRIDGE_ROTATION_EARLY: ')
    const later = secondsOf(w) + 10n * 3600n
    rotate(w, later)
    w.guardian('veto_rotation')
    expect(() => rotate(w, later)).to.throw('BRIDGE_ROTATION_VETOED: ')
    w.host.advance(11 * HOUR)
    expect(() => take(w)).to.throw('BRIDGE_EPOCH_WRONG: ')
    expect(loot(w)).to.equal(0n)
  })
})

describe('attacks on the NEAR bridge: k corrupt signers sign nonsense', () => {
  /** Attests burns that never were, as large as pass without delay, until the bridge queues them. @returns BLY */
  const plunder = (w: BridgeWorld, from: number): bigint => {
    const before = w.balance(MALLORY)
    for (let nonce = from; nonce < from + 40; nonce++) {
      const amount = [399n, 202n, 50n, 10n].find((bly) => BigInt(w.view('limits').capacity) >= bly * BLY)
      if (amount === undefined || w.view('status').queue_length > 0) break
      try {
        w.unlock(w.burn(nonce, MALLORY, amount * BLY), undefined, MALLORY)
      } catch {
        break // nothing is left that is locked
      }
      w.settle()
    }
    return w.balance(MALLORY) - before
  }

  it('they take all that is locked at once without the limit; with it half of the hourly limit, and the whole of it in an hour', async () => {
    const open = bridge(
      await changedRules({ file: 'limit.ts', from: 'if (amount > capacityLeft(b)) return false', to: '' }),
    )
    // The leak is not looked at either; what stops them is only that nothing is left.
    for (let nonce = 0; nonce < 12; nonce++) open.unlock(open.burn(nonce, MALLORY, 399n * BLY), undefined, MALLORY)
    expect(loot(open), 'of 5,000 BLY').to.equal(4_788n)

    const w = bridge()
    const hourly = BigInt(w.settings.hourly_limit) / BLY
    const atOnce = plunder(w, 0)
    expect(atOnce >= hourly / 2n - 10n && atOnce <= hourly / 2n, `${atOnce} BLY at once`).to.equal(true)
    let first = atOnce
    for (let minute = 1; minute <= 60; minute++) {
      w.host.advance(60_000)
      first += plunder(w, 1_000 * minute)
    }
    // On the embedded network's settings: 1,000,000 BLY at once, 2,000,000 in the first hour, 1,000,000 each hour after.
    expect(first <= hourly, `${first} BLY in an hour`).to.equal(true)
    expect(first >= hourly - 20n).to.equal(true)
  })

  it('the guardian stops them: after `pause` nothing leaves for 72 hours, and what waits can be vetoed', () => {
    const w = bridge()
    w.unlock(w.burn(0, MALLORY, 900n * BLY), undefined, MALLORY)
    const taken = plunder(w, 1)
    w.guardian('pause')
    w.guardian('veto', { nonce: '0' })
    for (let hour = 0; hour < 71; hour++) {
      w.host.advance(HOUR)
      expect(() => w.unlock(w.burn(100, MALLORY, BLY), undefined, MALLORY)).to.throw('BRIDGE_PAUSED: ')
      expect(() => w.call(MALLORY, 'release', { max: 8 })).to.throw('BRIDGE_PAUSED: ')
    }
    expect(loot(w)).to.equal(taken)
    w.host.advance(HOUR)
    expect(() => w.call(MALLORY, 'release_delayed', { nonce: '0' })).to.throw('BRIDGE_STATE_WRONG: ')
  })

  it('they take more than was ever locked, from what others sent by mistake, without the count of what is locked; with it not', async () => {
    const attack = (w: BridgeWorld) => {
      const alice = w.account('alice', 10n * BLY)
      w.lock(alice, 10n * BLY)
      w.token.set(BRIDGE, w.token.get(BRIDGE)! + 90n * BLY)
      w.unlock(w.burn(0, MALLORY, 100n * BLY), undefined, MALLORY)
    }
    const rules = await changedRules({ file: 'payout.ts', from: 'ensure(amount <= free,', to: 'ensure(true,' })
    const open = new BridgeWorld({ rules })
    open.account('mallory')
    attack(open)
    expect(loot(open)).to.equal(100n)
    const w = new BridgeWorld()
    w.account('mallory')
    expect(() => attack(w)).to.throw('BRIDGE_UNBACKED: ')
    expect(loot(w)).to.equal(0n)
  })
})

describe('attacks on the NEAR bridge: griefing', () => {
  /** Mallory sends her own 1,000 BLY round and round to keep the bucket full. @returns hours until bob is paid 350 BLY, 12 at most */
  const wait = (w: BridgeWorld): number => {
    const bob = w.account('bob')
    let nonce = 0
    const fill = () => {
      for (let i = 0; i < 12 && w.view('limits').capacity !== '0'; i++) {
        const left = BigInt(w.view('limits').capacity)
        const amount = left > 399n * BLY ? 399n * BLY : left
        if (amount < BLY) break
        w.unlock(w.burn(nonce++, MALLORY, amount), undefined, MALLORY)
      }
    }
    fill()
    w.unlock(w.burn(999, bob, 350n * BLY))
    for (let quarter = 1; quarter <= 48; quarter++) {
      w.host.advance(HOUR / 4)
      // She is always first in the block.
      fill()
      w.call('anyone.near', 'release', { max: 8 })
      w.settle()
      if (w.balance(bob) > 0n) return quarter / 4
    }
    return 12
  }

  it('who fills the limit for gas alone keeps others waiting for ever without a queue; with it until their turn: 0.5 hours', async () => {
    const rules = await changedRules({ file: 'payout.ts', from: 'isQueueEmpty(b) && ', to: '' })
    const small = { hourly_limit: `${2_000n * BLY}` }
    const big = (r?: BridgeRules) => {
      const w = bridge(r, { changes: small })
      const alice = w.account('whale', 40_000n * BLY)
      for (let i = 0; i < 20; i++) w.lock(alice, 1_000n * BLY)
      return w
    }
    expect(wait(big(rules)), 'hours, when we stopped looking').to.equal(12)
    expect(wait(big())).to.equal(0.5)
  })

  it('who has a receiver that cannot be paid blocks nobody: the amount becomes a credit and the queue goes on', () => {
    const w = bridge()
    const bob = w.account('bob')
    for (let i = 0; i < 3; i++) w.unlock(w.burn(i, MALLORY, 333n * BLY))
    w.unlock(w.burn(10, 'nobody.test.near', 300n * BLY))
    w.unlock(w.burn(11, bob, 10n * BLY))
    w.host.advance(HOUR)
    w.call('anyone.near', 'release', { max: 8 })
    w.settle()
    expect(w.balance(bob)).to.equal(10n)
    expect(w.state('evm-near', 10)).to.equal('credited')
  })
})

describe('attacks on the NEAR bridge: receivers that are not there', () => {
  const IGNORED: SourceChange = {
    file: 'payout.ts',
    from: 'const succeeded = answered()',
    to: 'const succeeded = true',
  }

  it('a receiver who is not registered loses 300 BLY where the answer is not read; here they are owed', async () => {
    const attack = (w: BridgeWorld) => {
      w.unlock(w.burn(0, 'bob.test.near', 300n * BLY))
      w.settle()
      w.token.set('bob.test.near', 0n)
      w.call('bob.test.near', 'collect_credit', {}, 1n)
      w.settle()
      return w.balance('bob.test.near')
    }
    const open = bridge(await changedRules(IGNORED))
    expect(() => attack(open)).to.throw('BRIDGE_NO_CREDIT: ')
    expect(open.view('status').unlocked).to.equal(`${300n * BLY}`)
    expect(attack(bridge())).to.equal(300n)
  })

  it('a receiver who leaves while its transfer waits in the queue loses 300 BLY where the answer is not read; here it is owed', async () => {
    const attack = (w: BridgeWorld) => {
      const bob = w.account('bob')
      for (let i = 0; i < 3; i++) w.unlock(w.burn(i, MALLORY, 333n * BLY))
      w.unlock(w.burn(3, bob, 300n * BLY))
      w.token.delete(bob)
      w.host.advance(HOUR)
      w.call('anyone.near', 'release', { max: 8 })
      w.settle()
      return BigInt(w.view('credit', { account_id: bob })) / BLY
    }
    expect(attack(bridge(await changedRules(IGNORED)))).to.equal(0n)
    expect(attack(bridge())).to.equal(300n)
  })

  it('who collects twice before the token answers takes twice its credit where it stays on the books; here once', async () => {
    const attack = (w: BridgeWorld) => {
      w.token.delete(MALLORY)
      w.unlock(w.burn(0, MALLORY, 300n * BLY))
      w.settle()
      w.token.set(MALLORY, 0n)
      w.call(MALLORY, 'collect_credit', {}, 1n)
      w.call(MALLORY, 'collect_credit', {}, 1n)
    }
    const open = bridge(
      await changedRules({
        file: 'credit.ts',
        from: 'saveCredit(b.host, account, 0n)',
        to: 'saveCredit(b.host, account, amount)',
      }),
    )
    attack(open)
    expect(loot(open)).to.equal(600n)
    const w = bridge()
    expect(() => attack(w)).to.throw('BRIDGE_NO_CREDIT: ')
    expect(loot(w)).to.equal(300n)
  })
})

describe('attacks on the NEAR bridge: strangers at doors that are not theirs', () => {
  it('a false token locks 1,000 BLY that do not exist, and signers would mint them, where the caller is not looked at; here it panics', async () => {
    const attack = (w: BridgeWorld) =>
      w.call('false.test.near', 'ft_on_transfer', {
        ...{ sender_id: MALLORY, amount: `${1_000n * BLY}` },
        msg: JSON.stringify({ lock: { receiver: EVM_RECEIVER } }),
      })
    const open = bridge(
      await changedRules({ file: 'lock.ts', from: '  requirePredecessor(host, config.bly)\n', to: '' }),
    )
    attack(open)
    const { locked, unlocked } = open.view('status')
    expect(BigInt(locked) - BigInt(unlocked) - open.token.get(BRIDGE)!, 'to be minted against nothing').to.equal(
      1_000n * BLY,
    )
    const w = bridge()
    expect(() => attack(w)).to.throw('CALLER_FORBIDDEN: ')
    expect(w.view('status').locked).to.equal(`${w.token.get(BRIDGE)}`)
  })

  it('a stranger who answers for the token makes a credit of a paid transfer, and takes it twice; here only the bridge answers itself', async () => {
    const attack = (w: BridgeWorld) => {
      w.unlock(w.burn(0, MALLORY, 300n * BLY))
      // The token has the transfer on its way; mallory is faster than its answer.
      w.answer('on_unlocked', { direction: 'evm-near', nonce: '0' }, false, MALLORY)
      w.call(MALLORY, 'collect_credit', {}, 1n)
    }
    const open = bridge(await changedRules(NO_SELF))
    attack(open)
    expect(loot(open)).to.equal(600n)
    const w = bridge()
    expect(() => attack(w)).to.throw('CALLBACK_ONLY: ')
    expect(loot(w)).to.equal(300n)
  })

  it('a stranger who answers for a collection owes itself any amount where the caller is not looked at; here nothing', async () => {
    const attack = (w: BridgeWorld) => {
      const args = { account: MALLORY, to: MALLORY, amount: `${300n * BLY}` }
      w.answer('on_collected', args, false, MALLORY)
      w.call(MALLORY, 'collect_credit', {}, 1n)
    }
    const open = bridge(await changedRules({ file: 'credit.ts', from: '  requireSelf(b.host)\n', to: '' }))
    attack(open)
    expect(loot(open)).to.equal(300n)
    const w = bridge()
    expect(() => attack(w)).to.throw('CALLBACK_ONLY: ')
    expect(loot(w)).to.equal(0n)
  })

  it('a guardian holds everyone for ransom with one pause after another where it may; here it has one of 72 hours', async () => {
    const attack = (w: BridgeWorld) => {
      for (let i = 0; i < 3; i++) {
        w.guardian('pause')
        w.host.advance(72 * HOUR)
      }
    }
    const open = bridge(await changedRules({ file: 'pause.ts', from: '  b.totals.guardian_paused = true\n', to: '' }))
    attack(open)
    expect(open.view('status').pauses).to.equal(3)
    const w = bridge()
    expect(() => attack(w)).to.throw('BRIDGE_PAUSE_USED: ')
    expect(w.view('status')).to.include({ pauses: 1, paused_until_ms: null })
  })
})

/**
 * Attacks on the EVM side of the bridge. Each is carried out on a bridge that lacks the one rule against it, where it takes what
 * its name says, and on BlyBridge, where it takes nothing. Sources: docs/evm-review.md; EIP-712 "Security Considerations".
 */
import { expect } from 'chai'
import { type Hex, hexToBigInt, keccak256, numberToHex, size, slice, toHex } from 'viem'
import { NO_DOMAIN, WEAK_BRIDGES } from '../fixtures/bridgeEvmWeak.ts'
import {
  BLY,
  type BridgeOptions,
  type BridgeWorld,
  deployBridge,
  makeSigners,
  type Payload,
  type Signer,
} from '../fixtures/evmBridge.ts'
import { type EvmNetwork, refusal, type Sent, startEvmNetwork } from '../fixtures/evmNetwork.ts'

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const HOUR = 3600n

describe('attacks on the bridge, EVM side', function () {
  this.timeout(120_000)
  let evm: EvmNetwork
  const weak: Partial<Record<keyof typeof WEAK_BRIDGES, ReturnType<(typeof WEAK_BRIDGES)['rules']>>> = {}
  before(async () => {
    evm = await startEvmNetwork()
    for (const [name, build] of Object.entries(WEAK_BRIDGES)) weak[name as keyof typeof WEAK_BRIDGES] = build()
  })
  after(() => evm.close())

  const without = (name: keyof typeof WEAK_BRIDGES, options: BridgeOptions = {}) =>
    deployBridge({ network: evm, variant: weak[name], ...options })
  const hardened = (options: BridgeOptions = {}) => deployBridge({ network: evm, ...options })
  const check = (name: string, act: () => Promise<void>) => it(name, () => evm.trying(act))
  const mintWith = (world: BridgeWorld, payload: Payload, signatures: readonly Hex[]): Promise<Sent> =>
    world.evm.send(world.bridge, 'mint', [payload, signatures])

  describe('replay', () => {
    check(
      'on the same chain: one lock minted twice costs the holders of BLY its amount; the nonce stops it',
      async () => {
        const attack = async (world: BridgeWorld): Promise<Sent> => {
          const signatures = await world.sign('Lock', world.lock())
          await mintWith(world, world.lock(), signatures)
          return mintWith(world, world.lock(), signatures)
        }
        const naive = await without('rules')
        await attack(naive)
        expect((await naive.totalSupply()) - 10n * BLY).to.equal(10n * BLY)
        const world = await hardened()
        expect(await refusal(attack(world))).to.equal('BlyBridgeNonceUsed')
        expect(await world.totalSupply()).to.equal(10n * BLY)
      },
    )

    check(
      'on another chain: a copy at the same address mints what was locked for this one; the chain id stops it',
      async () => {
        const other = await startEvmNetwork({ chainId: 999 })
        try {
          const attack = async (options: BridgeOptions): Promise<[Promise<Sent>, BridgeWorld]> => {
            // The same deployer and nonce on both chains: the same address.
            const here = await startEvmNetwork()
            const [from, to] = [
              await deployBridge({ network: here, ...options }),
              await deployBridge({ network: other, ...options }),
            ]
            expect(to.bridge.address).to.equal(from.bridge.address)
            const signatures = await from.sign('Lock', from.lock())
            await here.close()
            return [mintWith(to, to.lock(), signatures), to]
          }
          await other.trying(async () => {
            const [theft, copy] = await attack({ variant: weak.domainAndLimit, domain: NO_DOMAIN })
            await theft
            expect(await copy.totalSupply()).to.equal(10n * BLY)
          })
          const [theft, copy] = await attack({})
          expect(await refusal(theft)).to.equal('BlyBridgeSignerUnknown')
          expect(await copy.totalSupply()).to.equal(0n)
        } finally {
          await other.close()
        }
      },
    )

    check(
      'after a redeployment: old locks are minted again by the new contract; its address in the domain stops it',
      async () => {
        const attack = async (options: BridgeOptions): Promise<[Promise<Sent>, BridgeWorld]> => {
          const old = await deployBridge({ network: evm, ...options })
          const signatures = await old.sign('Lock', old.lock())
          await mintWith(old, old.lock(), signatures)
          const redeployed = await deployBridge({ network: evm, ...options })
          return [mintWith(redeployed, redeployed.lock(), signatures), redeployed]
        }
        const [theft, copy] = await attack({ variant: weak.domainAndLimit, domain: NO_DOMAIN })
        await theft
        expect(await copy.totalSupply()).to.equal(10n * BLY)
        const [refused, world] = await attack({})
        expect(await refusal(refused)).to.be.oneOf(['BlyBridgeSignerUnknown', 'BlyBridgeSignatureUnsorted'])
        expect(await world.totalSupply()).to.equal(0n)
      },
    )

    check(
      'after NEAR began anew: locks of the network that is gone are minted; genesis in the salt stops it',
      async () => {
        // Same chain id and, as both sides began anew, the same address: only the salt differs.
        const attack = async (options: BridgeOptions): Promise<string | null> => {
          const gone = await evm.trying(async () => {
            const world = await deployBridge({ network: evm, ...options })
            return { address: world.bridge.address, signatures: await world.sign('Lock', world.lock()) }
          })
          const salt = keccak256(toHex('the NEAR network after its restart'))
          const world = await deployBridge({ network: evm, ...options, config: { salt } })
          expect(world.bridge.address).to.equal(gone.address)
          const outcome = await refusal(mintWith(world, world.lock(), gone.signatures))
          expect(await world.totalSupply()).to.equal(outcome === null ? 10n * BLY : 0n)
          return outcome
        }
        expect(await attack({ variant: weak.domainAndLimit, domain: NO_DOMAIN })).to.equal(null)
        expect(await attack({})).to.be.oneOf(['BlyBridgeSignerUnknown', 'BlyBridgeSignatureUnsorted'])
      },
    )
  })

  describe('signatures for another purpose', () => {
    check(
      'in the other direction: burning to an account named as an address doubles what was burned; structs of their own stop it',
      async () => {
        const attack = async (world: BridgeWorld): Promise<Sent> => {
          const thief = evm.accounts[5]!
          await world.mint({ receiver: thief, amount: 10n * BLY })
          // 0x and 40 lower-case digits is an account id on NEAR too.
          await world.burn(thief, 10n * BLY, thief.toLowerCase())
          const burned = {
            nonce: 7n,
            epoch: 1n,
            source: keccak256('0x01'),
            receiver: thief.toLowerCase(),
            amount: 10n * BLY,
          }
          const signatures = await world.sign('Burn', burned)
          return mintWith(world, { ...burned, receiver: thief }, signatures)
        }
        const naive = await without('signatures')
        // There a lock is signed as a burn is, so its own mints are too.
        const mint = async (over: Payload): Promise<Sent> => {
          const lock = naive.lock(over)
          const asBurn = { ...lock, receiver: (lock.receiver as string).toLowerCase() }
          return mintWith(naive, lock, await naive.sign('Burn', asBurn))
        }
        await attack({ ...naive, mint: (over = {}) => mint(over) })
        // 10 on EVM, and the burn's 10 on NEAR.
        expect(await naive.balanceOf(evm.accounts[5]!)).to.equal(10n * BLY)
        const world = await hardened()
        expect(await refusal(attack(world))).to.be.oneOf(['BlyBridgeSignerUnknown', 'BlyBridgeSignatureUnsorted'])
        expect(await world.balanceOf(evm.accounts[5]!)).to.equal(0n)
      },
    )

    check('a veto serves as a pause: everyone stands still for 72 hours; the type in the hash stops it', async () => {
      const attack = async (world: BridgeWorld): Promise<Sent> => {
        const payload = { nonce: 0n, epoch: 1n, direction: 0 }
        return world.evm.send(world.bridge, 'pauseWith', [payload, await world.sign('Veto', payload)])
      }
      const naive = await without('signatures')
      await attack(naive)
      expect((await naive.limits()).pausedUntil > (await evm.now())).to.equal(true)
      const world = await hardened()
      expect(await refusal(attack(world))).to.be.oneOf(['BlyBridgeSignerUnknown', 'BlyBridgeSignatureUnsorted'])
    })

    check('no signature for any other struct mints, whatever it was made for', async () => {
      const world = await hardened()
      const lock = world.lock()
      const others: [Parameters<BridgeWorld['sign']>[0], Payload][] = [
        ['Burn', { ...lock, receiver: 'alice.near' }],
        ['Link', { nonce: 0n, epoch: 1n, account: 'alice.near', evm: lock.receiver }],
        ['Anchor', { epoch: 1n, size: 0n, root: lock.source, tainted: lock.source }],
        ['Rotate', { epoch: 1n, signers: [lock.receiver], k: 1, validFrom: 0n }],
        ['Veto', { nonce: 0n, epoch: 1n, direction: 0 }],
        ['Pause', { nonce: 0n, epoch: 1n, direction: 0 }],
      ]
      for (const [kind, payload] of others) {
        const outcome = await refusal(mintWith(world, lock, await world.sign(kind, payload)))
        expect(outcome, kind).to.be.oneOf(['BlyBridgeSignerUnknown', 'BlyBridgeSignatureUnsorted'])
      }
    })

    check(
      'a veto of the other direction refunds a burn that NEAR paid: its amount twice; the direction stops it',
      async () => {
        const attack = async (world: BridgeWorld): Promise<Sent> => {
          await world.mint({ receiver: evm.accounts[5], amount: 10n * BLY })
          await world.burn(evm.accounts[5]!, 10n * BLY)
          // The signers attest that transfer 0 from NEAR was vetoed here; burn 0 has the same number.
          return world.refund(0n, { direction: 0 })
        }
        const naive = await without('rules')
        await attack(naive)
        expect(await naive.balanceOf(evm.accounts[5]!)).to.equal(10n * BLY)
        const world = await hardened()
        expect(await refusal(attack(world))).to.equal('BlyBridgeDirectionWrong')
        expect(await world.balanceOf(evm.accounts[5]!)).to.equal(0n)
      },
    )
  })

  describe('fewer than k signers', () => {
    const twin = (signature: Hex): Hex => {
      const s = CURVE_ORDER - hexToBigInt(slice(signature, 32, 64))
      const v = slice(signature, 64) === '0x1b' ? '1c' : '1b'
      return `0x${slice(signature, 0, 32).slice(2)}${numberToHex(s, { size: 32 }).slice(2)}${v}`
    }
    /** EIP-2098: the parity of v in the highest bit of s. */
    const compact = (signature: Hex): Hex => {
      const s = hexToBigInt(slice(signature, 32, 64)) | (slice(signature, 64) === '0x1c' ? 1n << 255n : 0n)
      return `0x${slice(signature, 0, 32).slice(2)}${numberToHex(s, { size: 32 }).slice(2)}`
    }
    /** One signer's own, and what the attack makes of it. Naive bridges sign locks as burns. */
    const alone = async (world: BridgeWorld, kind: 'Lock' | 'Burn', forge: (own: Hex) => Hex): Promise<Sent> => {
      const lock = world.lock({ amount: 1000n * BLY })
      const signed = kind === 'Lock' ? lock : { ...lock, receiver: (lock.receiver as string).toLowerCase() }
      const [own] = await world.sign(kind, signed, world.signers.slice(0, 1))
      return mintWith(world, lock, [own!, forge(own!)])
    }

    for (const { name, forge, refused } of [
      { name: 'its malleable twin', forge: twin, refused: 'BlyBridgeSignatureInvalid' },
      { name: 'its compact form of 64 bytes', forge: compact, refused: 'BlyBridgeSignatureInvalid' },
    ]) {
      check(
        `one signer and ${name} pass for two: any amount for one corrupt key; one form alone stops it`,
        async () => {
          const naive = await without('signatures')
          await alone(naive, 'Burn', forge)
          expect(await naive.totalSupply()).to.equal(1000n * BLY)
          const world = await hardened()
          expect(await refusal(alone(world, 'Lock', forge))).to.equal(refused)
        },
      )
    }

    check(
      'a signature that recovers to nobody passes for a zero address in the set; neither set nor signature may be zero',
      async () => {
        const nobody = `0x${'00'.repeat(64)}1b` as Hex
        const signers = [
          '0x0000000000000000000000000000000000000000',
          ...makeSigners(2).map(({ address }) => address),
        ] as Hex[]
        const naive = await without('signatures', { n: 2, config: { signers } })
        const lock = naive.lock({ amount: 1000n * BLY })
        const asBurn = { ...lock, receiver: (lock.receiver as string).toLowerCase() }
        const [own] = await naive.sign('Burn', asBurn, naive.signers.slice(0, 1))
        await mintWith(naive, lock, [nobody, own!])
        expect(await naive.totalSupply()).to.equal(1000n * BLY)
        expect(await refusal(hardened({ n: 2, config: { signers } }))).to.equal('BlyBridgeSignersInvalid')
        const world = await hardened()
        expect(await refusal(alone(world, 'Lock', () => nobody))).to.equal('BlyBridgeSignatureInvalid')
      },
    )

    check('k − 1 signatures, and none at all, mint nothing', async () => {
      const naive = await without('rules')
      await mintWith(naive, naive.lock({ amount: 1000n * BLY }), [])
      expect(await naive.totalSupply()).to.equal(1000n * BLY)
      const world = await hardened({ n: 5, k: 3 })
      for (const count of [0, 1, 2]) {
        expect(await refusal(world.mint({}, world.signers.slice(0, count)))).to.equal('BlyBridgeTooFewSignatures')
      }
      await world.mint({}, world.signers.slice(0, 3))
    })

    check('doubled, unsorted, foreign, cut, long, wrong-v and too many signatures are each refused', async () => {
      const world = await hardened()
      const [a, b, c] = (await world.sign('Lock', world.lock(), world.signers)) as [Hex, Hex, Hex]
      const stranger = makeSigners(1, 'stranger')
      const [foreign] = await world.sign('Lock', world.lock(), stranger)
      const withV = (signature: Hex, v: string): Hex => `${slice(signature, 0, 64)}${v}`
      const tries: [string, Hex[], string][] = [
        ['doubled', [a, a], 'BlyBridgeSignatureUnsorted'],
        ['doubled apart', [a, b, a], 'BlyBridgeSignatureUnsorted'],
        ['unsorted', [b, a], 'BlyBridgeSignatureUnsorted'],
        ['cut', [a, slice(b, 0, 64)], 'BlyBridgeSignatureInvalid'],
        ['empty', [a, '0x'], 'BlyBridgeSignatureInvalid'],
        ['long', [a, `${b}00`], 'BlyBridgeSignatureInvalid'],
        ['v 0', [a, withV(b, '00')], 'BlyBridgeSignatureInvalid'],
        ['v 29', [a, withV(b, '1d')], 'BlyBridgeSignatureInvalid'],
        ['r 0', [a, `0x${'00'.repeat(32)}${slice(b, 32).slice(2)}`], 'BlyBridgeSignatureInvalid'],
        ['too many', [a, b, c, c], 'BlyBridgeTooManySignatures'],
      ]
      for (const [name, signatures, refused] of tries) {
        expect(await refusal(mintWith(world, world.lock(), signatures)), name).to.equal(refused)
      }
      const sorted = [...world.signers.slice(0, 1), ...stranger].sort((x, y) =>
        BigInt(x.address) < BigInt(y.address) ? -1 : 1,
      )
      const mixed = sorted.map(({ address }) => (address === stranger[0]!.address ? foreign! : a))
      expect(await refusal(mintWith(world, world.lock(), mixed))).to.equal('BlyBridgeSignerUnknown')
      // Strangers of any place in the order, above the last signer too.
      const two = makeSigners(12, 'stranger')
      for (const by of two) expect(await refusal(world.mint({}, [by, by]))).to.equal('BlyBridgeSignerUnknown')
      expect(BigInt(two.at(-1)!.address) > BigInt(world.signers.at(-1)!.address)).to.equal(true)
      expect(size(a)).to.equal(65)
      await mintWith(world, world.lock(), [a, b, c])
    })
  })

  describe('old signers', () => {
    const rotated = async (world: BridgeWorld, next: readonly Signer[]): Promise<void> => {
      const validFrom = (await evm.now()) + 4000n
      const payload = { epoch: 2n, signers: next.map(({ address }) => address), k: 2, validFrom }
      const signatures = [await world.sign('Rotate', payload), await world.sign('Rotate', payload, next)]
      await evm.send(world.bridge, 'rotate', [payload, ...signatures])
      await evm.pass(4000n)
    }

    check('keys of a past epoch, leaked or sold, mint any amount; only the active epoch counts', async () => {
      const attack = async (world: BridgeWorld): Promise<Sent> => {
        await rotated(world, makeSigners(3, 'next'))
        return world.mint({ amount: 1000n * BLY })
      }
      const naive = await without('rules')
      await attack(naive)
      expect(await naive.totalSupply()).to.equal(1000n * BLY)
      const world = await hardened()
      expect(await refusal(attack(world))).to.equal('BlyBridgeEpochNotActive')
      expect(await refusal(world.mint({ epoch: 2n }))).to.be.oneOf([
        'BlyBridgeSignerUnknown',
        'BlyBridgeSignatureUnsorted',
      ])
    })

    check(
      'a vetoed rotation sent again until the guardian sleeps takes the bridge over; its digest is refused for ever',
      async () => {
        const attack = async (world: BridgeWorld): Promise<Sent> => {
          const thieves = makeSigners(3, 'thief')
          const validFrom = (await evm.now()) + 9000n
          const payload = { epoch: 2n, signers: thieves.map(({ address }) => address), k: 2, validFrom }
          const signatures = [await world.sign('Rotate', payload), await world.sign('Rotate', payload, thieves)]
          const rotate = () => evm.send(world.bridge, 'rotate', [payload, ...signatures])
          await rotate()
          await evm.send(world.bridge, 'vetoRotation', [], world.guardian)
          await rotate()
          await evm.pass(9000n)
          return world.mint({ epoch: 2n, amount: 1000n * BLY }, thieves.slice(0, 2))
        }
        const naive = await without('rules')
        await attack(naive)
        expect(await naive.totalSupply()).to.equal(1000n * BLY)
        expect(await refusal(attack(await hardened()))).to.equal('BlyBridgeRotationRefused')
      },
    )
  })

  describe('k colluders', () => {
    /** Signs locks that never were, as fast as the bridge takes them, for `seconds`. @returns attoBLY minted */
    const loot = async (world: BridgeWorld, amount: bigint, seconds: bigint): Promise<bigint> => {
      let nonce = 0n
      const end = (await evm.now()) + seconds
      for (;;) {
        const accepted = await world.mint({ nonce: nonce++, amount })
        if (accepted.events[0]!.name === 'Minted') continue
        // Full: what queues is paid as it leaks.
        if ((await evm.now()) + 300n > end) break
        await evm.pass(300n)
        await evm.send(world.bridge, 'release', [10n])
      }
      return world.totalSupply()
    }
    const chunk = 99_999n * BLY // below what is delayed

    check(
      'without a limit they mint the whole supply of 10⁹ in one block; with it half an hourly limit at once',
      async () => {
        const free = { hourlyLimit: 2n * 10n ** 9n * BLY, largeAmount: 10n ** 10n * BLY }
        const naive = await without('domainAndLimit', { config: free, domain: NO_DOMAIN })
        await naive.mint({ amount: 10n ** 9n * BLY })
        expect(await naive.totalSupply()).to.equal(10n ** 9n * BLY)

        const world = await hardened()
        await loot(world, chunk, 0n)
        const atOnce = await world.totalSupply()
        expect(atOnce <= 1_000_000n * BLY).to.equal(true)
        expect(atOnce > 999_000n * BLY - chunk).to.equal(true)
      },
    )

    check(
      'in the hour before the guardian pauses they take 2,000,000 BLY at most, 0.2 % of all; then nothing for 72 hours',
      async () => {
        const world = await hardened()
        const taken = await loot(world, chunk, HOUR)
        expect(taken <= 2_000_000n * BLY).to.equal(true)
        expect(taken > 1_700_000n * BLY).to.equal(true)
        await evm.send(world.bridge, 'pause', [], world.guardian)
        for (const hours of [1n, 24n, 46n]) {
          await evm.pass(hours * HOUR)
          expect(await refusal(evm.send(world.bridge, 'release', [99n]))).to.equal('BlyBridgePaused')
        }
        expect(await world.totalSupply()).to.equal(taken)
      },
    )

    check(
      'what they queued before the pause would be theirs after it, 1,000,000 BLY an hour; the guardian stops it part by part',
      async () => {
        const world = await hardened()
        for (let nonce = 0n; nonce < 30n; nonce++) await world.mint({ nonce, amount: chunk })
        await evm.send(world.bridge, 'pause', [], world.guardian)
        const paid = await world.totalSupply()
        await evm.trying(async () => {
          // A guardian who sleeps through the pause.
          await evm.pass(72n * HOUR)
          await evm.send(world.bridge, 'release', [99n])
          expect((await world.totalSupply()) > paid + 800_000n * BLY).to.equal(true)
        })
        for (let nonce = 0n; nonce < 30n; nonce++) {
          const { state } = await world.transferOf(nonce)
          if (state === 2) await evm.send(world.bridge, 'veto', [nonce], world.guardian)
        }
        await evm.pass(72n * HOUR)
        await evm.send(world.bridge, 'release', [99n])
        expect([await world.totalSupply(), (await world.limits()).queueLength]).to.deep.equal([paid, 0n])
      },
    )

    check('a large amount is theirs only after a delay in which the guardian vetoes it', async () => {
      const world = await hardened()
      for (let nonce = 0n; nonce < 5n; nonce++) await world.mint({ nonce, amount: 1_000_000n * BLY })
      for (let nonce = 0n; nonce < 5n; nonce++) await evm.send(world.bridge, 'veto', [nonce], world.guardian)
      await evm.pass(24n * HOUR)
      expect(await refusal(evm.send(world.bridge, 'releaseDelayed', [0n]))).to.equal('BlyBridgeNotDelayed')
      expect(await world.totalSupply()).to.equal(0n)
    })
  })

  describe('a full limit', () => {
    const amount = 90_000n * BLY
    const half = 1_000_000n * BLY

    check(
      'first come: small mints overtake a victim for ever, at gas alone; in the queue the first is paid first',
      async () => {
        /** Refills whatever leaks with small transfers. @returns whether the victim, who waits for 90,000, was paid in a day */
        const attack = async (world: BridgeWorld): Promise<boolean> => {
          for (let nonce = 1n; nonce <= 11n; nonce++) await world.mint({ nonce, amount })
          await world.mint({ nonce: 0n, amount, receiver: evm.accounts[9] })
          await world.mint({ nonce: 99n, amount: 9_999n * BLY })
          for (let nonce = 100n; nonce < 196n; nonce++) {
            await evm.pass(900n)
            let { capacityLeft } = await world.limits()
            for (let part = 0n; part < 4n && capacityLeft > BLY; part++) {
              const next = capacityLeft < amount ? capacityLeft : amount
              await world.mint({ nonce: nonce * 10n + part, amount: next })
              capacityLeft -= next
            }
            await evm.send(world.bridge, 'release', [1n])
            if ((await world.balanceOf(evm.accounts[9]!)) > 0n) return true
          }
          return false
        }
        expect(await attack(await without('rules'))).to.equal(false)
        expect(await attack(await hardened())).to.equal(true)
      },
    )

    check(
      'who fills the limit first costs a victim one hour for each 1,000,000 BLY of his own that he moves, no more',
      async () => {
        const world = await hardened()
        // Three hours' worth: he has locked 3,000,000 BLY on NEAR for it, and they arrive.
        const mints = (3n * half) / amount
        for (let nonce = 1n; nonce <= mints; nonce++) await world.mint({ nonce, amount })
        await world.mint({ nonce: 0n, amount: BLY, receiver: evm.accounts[9] })
        // What he sends later is behind the victim.
        for (let nonce = 200n; nonce < 205n; nonce++) await world.mint({ nonce, amount })
        let waited = 0n
        while ((await world.balanceOf(evm.accounts[9]!)) === 0n) {
          await evm.pass(300n)
          waited += 300n
          await evm.send(world.bridge, 'release', [100n])
        }
        // The first million went through at once: two wait ahead of him.
        expect(waited <= 2n * HOUR + 300n, `${waited} s`).to.equal(true)
        expect(waited >= HOUR).to.equal(true)
      },
    )
  })
})

/** Attacks on a bridge signer: each first with its defence off, with what it costs, then with it on. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'chai'
import type { Rpc } from '../../chain/client/near/rpc.ts'
import { openJournal } from '../../oracle/signer/journal.ts'
import { signDigest } from '../../oracle/signer/signature.ts'
import { digestOf, payloadOf } from '../../oracle/signer/typedPayload.ts'
import { EVM_BRIDGE, ScriptedEvm } from '../fixtures/bridge/scriptedEvm.ts'
import { bridgeLog, NEAR, ScriptedNear } from '../fixtures/bridge/scriptedNear.ts'
import { SECRET, SignerWorld } from '../fixtures/bridge/signerWorld.ts'

const BLY = 10n ** 18n
const MILLION = 1_000_000n * BLY
const THIEF = '0x5C81C789cA52F0c7d02Daa97F00D98c2c226E2B2'

describe('attacks on a signer', () => {
  const worlds: SignerWorld[] = []
  const open = (world = new SignerWorld()): SignerWorld => {
    worlds.push(world)
    return world.start()
  }
  afterEach(() => {
    for (const world of worlds.splice(0)) world.end()
  })
  const amountOf = ({ journal }: SignerWorld, kind: 'lock' | 'burn', key = '0') =>
    (journal.find(kind, key)?.payload as { amount: string } | undefined)?.amount

  describe('a burn that the chain takes back before it is final', () => {
    const attack = async (world: SignerWorld) => {
      world.evm.burn(MILLION)
      await world.round()
      world.evm.reorganise(1, 'fork') // the burner keeps the BLY on EVM
      world.evm.burns = []
      world.evm.empty(5)
      return world
    }

    it('without confirmations: lockers on NEAR lose the million BLY that an unburned burn unlocks', async () => {
      const world = await attack(open(new SignerWorld(0)))
      expect(amountOf(world, 'burn')).to.equal(String(MILLION))
    })

    it('with them nothing is signed', async () => {
      const world = await attack(open(new SignerWorld(3)))
      await world.round()
      expect(amountOf(world, 'burn')).to.equal(undefined)
      expect(world.rounds.status().halted).to.equal(null)
    })
  })

  describe('a burn that the chain takes back after it was final', () => {
    const attack = async (world: SignerWorld) => {
      world.evm.burn(MILLION)
      world.evm.empty(3)
      await world.round()
      world.evm.reorganise(1, 'fork')
      world.evm.burns = []
      for (let i = 0; i < 5; i++) world.evm.burn(BLY)
      world.evm.empty(3)
      await world.round(2)
      return world
    }

    it('without looking back: the signer goes on and attests each further burn of the attacker’s fork', async () => {
      const world = new SignerWorld()
      const journal = () => world.journal
      open(world)
      journal().sources = () => []
      journal().cursor = ((own) => (chain) => {
        const at = own.call(journal(), chain)
        return at && { ...at, hash: '' }
      })(journal().cursor)
      await attack(world)
      expect(world.rounds.status().halted).to.equal(null)
      expect(amountOf(world, 'burn', '4')).to.equal(String(BLY))
    })

    it('with it the signer stops, serves nothing, and does not start again until an operator has looked', async () => {
      const world = await attack(open())
      const { halted } = world.rounds.status()
      expect(halted?.code).to.equal('SIGNER_SOURCE_VANISHED')
      expect(world.logged.some(({ data }) => data.alarm === true && data.code === halted?.code)).to.equal(true)
      expect(amountOf(world, 'burn', '4')).to.equal(undefined)
      world.restart()
      await world.round()
      expect(amountOf(world, 'burn', '4')).to.equal(undefined)
      world.journal.clearHalt()
      await world.round()
      expect(amountOf(world, 'burn', '4')).to.equal(String(BLY))
      expect(world.codes('error')).to.include('SIGNER_CONTENT_CONFLICT')
      expect(amountOf(world, 'burn', '0'), 'burn 0 was signed with other content').to.not.equal(String(BLY))
    })

    it('stops as well when a block without anything signed is taken back', async () => {
      const world = open()
      world.evm.empty(8)
      await world.round()
      world.evm.reorganise(3, 'fork')
      world.evm.empty(9)
      await world.round()
      expect(world.rounds.status().halted?.code).to.equal('SIGNER_FINALITY_BROKEN')
    })

    it('stops when NEAR’s history changes', async () => {
      const world = open()
      world.near.lock(String(MILLION))
      await world.round()
      world.near.blocks.length = 1
      world.near.fork = 'fork'
      world.near.locks = []
      for (let i = 0; i < 3; i++) world.near.mine()
      await world.round()
      expect(world.rounds.status().halted?.code).to.equal('SIGNER_SOURCE_VANISHED')
    })
  })

  describe('an EVM RPC that lies', () => {
    const honest = () => {
      const evm = new ScriptedEvm()
      evm.burn(BLY)
      evm.empty(3)
      return evm
    }
    const lies: Record<string, () => ScriptedEvm> = {
      amount: () => {
        const evm = new ScriptedEvm()
        evm.burn(MILLION)
        evm.empty(3)
        return evm
      },
      receiver: () => {
        const evm = new ScriptedEvm()
        evm.burn(BLY, 'thief.test.near')
        evm.empty(3)
        return evm
      },
      block: () => {
        const evm = new ScriptedEvm()
        evm.fork = 'lie'
        evm.burn(BLY)
        evm.empty(3)
        return evm
      },
    }
    const truths: Record<string, () => ScriptedEvm> = {
      status: () => {
        const evm = new ScriptedEvm()
        evm.burn(BLY, 'alice.test.near', { status: false })
        evm.empty(3)
        return evm
      },
    }
    for (const lie of ['amount', 'receiver', 'status', 'block']) {
      const [truth, lied] = [(truths[lie] ?? honest)(), (lies[lie] ?? honest)()]
      const world = (...chains: ScriptedEvm[]) => {
        const own = new SignerWorld()
        for (const chain of chains) chain.separator = own.evm.separator
        own.evmRpcs = chains.map((chain) => chain.rpc)
        return open(own)
      }

      it(`about ${lie}: alone, it takes from the lockers on NEAR what it likes`, async () => {
        const alone = await world(lied).round()
        expect(alone.journal.find('burn', '0')).to.not.equal(null)
      })

      it(`about ${lie}: beside an honest one nothing is signed`, async () => {
        const two = await world(truth, lied).round(2)
        expect(two.journal.find('burn', '0')).to.equal(null)
        expect(two.codes('warn')).to.include('SIGNER_RPCS_DISAGREE')
        const other = await world(lied, truth).round(2)
        expect(other.journal.find('burn', '0')).to.equal(null)
      })
    }
  })

  describe('a NEAR RPC that lies', () => {
    const lies: Record<string, [truth: (near: ScriptedNear) => void, lie: (near: ScriptedNear) => void]> = {
      amount: [(near) => near.lock(String(BLY)), (near) => near.lock(String(MILLION))],
      receiver: [(near) => near.lock(String(BLY)), (near) => near.lock(String(BLY), THIEF)],
      status: [(near) => near.lock(String(BLY), undefined, { value: null }), (near) => near.lock(String(BLY))],
      block: [
        (near) => near.mine(),
        (near) => {
          near.fork = 'lie'
          near.lock(String(BLY))
        },
      ],
    }
    for (const [lie, [tell, tellLie]] of Object.entries(lies)) {
      const world = (...tellings: ((near: ScriptedNear) => void)[]) => {
        const own = new SignerWorld()
        own.nearRpcs = tellings.map((telling) => {
          const near = new ScriptedNear()
          near.separator = own.near.separator
          telling(near)
          return near.rpc
        })
        return open(own)
      }

      it(`about ${lie}: alone, it has BLY minted that nobody locked, which all holders on EVM pay for`, async () => {
        expect(amountOf(await world(tellLie).round(), 'lock')).to.not.equal(undefined)
      })

      it(`about ${lie}: beside an honest one nothing is signed`, async () => {
        const two = await world(tell, tellLie).round(2)
        expect(two.journal.find('lock', '0')).to.equal(null)
        expect(two.codes('warn')).to.include('SIGNER_RPCS_DISAGREE')
      })
    }
  })

  describe('an event that is none of the bridge’s', () => {
    /** A signer that takes an event as it stands: what it would sign. */
    const unchecked = async (kind: 'lock' | 'burn', content: object) => {
      const world = open()
      world.journal.record({
        kind,
        content: { nonce: '0', source: '55'.repeat(32), amount: String(MILLION), ...content },
        source: null,
      })
      return world.round()
    }
    const burnCases: [name: string, why: string, tell: (world: SignerWorld) => void][] = [
      [
        'of another contract on EVM unlocks a million BLY of the lockers on NEAR',
        'it is of another contract',
        (world) => {
          world.evm.burnLog(0n, MILLION, 'thief.test.near', { address: THIEF.toLowerCase() })
          // Both nodes disregard the filter by address.
          world.evmRpcs = world.evmRpcs.map((own) => async (method, params) => {
            if (method !== 'eth_getLogs') return own(method, params)
            return own(method, [{ ...(params[0] as object), address: THIEF.toLowerCase() }])
          })
        },
      ],
      [
        'of a transaction on EVM that failed unlocks what was never burned',
        'its transaction failed',
        (world) => {
          world.evm.burn(MILLION, 'thief.test.near')
          world.evmRpcs = world.evmRpcs.map((own) => async (method, params) => {
            const answer = await own(method, params)
            return method === 'eth_getTransactionReceipt' ? { ...(answer as object), status: '0x0' } : answer
          })
        },
      ],
      [
        'that no receipt holds unlocks what was never burned',
        'its transaction’s receipt does not hold it',
        (world) => {
          world.evm.burn(MILLION, 'thief.test.near')
          world.evmRpcs = world.evmRpcs.map((own) => async (method, params) => {
            const answer = await own(method, params)
            return method === 'eth_getTransactionReceipt' ? { ...(answer as object), logs: [] } : answer
          })
        },
      ],
      [
        'that the bridge’s own state does not hold unlocks what was never burned',
        'the bridge’s state holds another burn',
        (world) => void world.evm.burnLog(0n, MILLION, 'thief.test.near'),
      ],
    ]
    for (const [name, why, tell] of burnCases) {
      it(`${name}, if believed by its log; here it is refused`, async () => {
        const believing = await unchecked('burn', { receiver: 'thief.test.near' })
        expect(amountOf(believing, 'burn')).to.equal(String(MILLION))
        const world = new SignerWorld()
        tell(world)
        world.evm.empty(3)
        await open(world).round()
        expect(world.journal.find('burn', '0')).to.equal(null)
        expect(world.codes('error')).to.deep.equal(['SIGNER_EVENT_REFUSED'])
        expect(world.logged.find(({ level }) => level === 'error')!.data.why).to.include(why)
      })
    }

    const nearCases: [name: string, why: string, tell: (near: ScriptedNear) => void][] = [
      [
        'of another contract on NEAR mints a million BLY against nothing, at the cost of all holders on EVM',
        'it ran in another contract',
        (near) => near.lock(String(MILLION), THIEF, { executor: 'evil.test.near' }),
      ],
      [
        'of a receipt on NEAR that failed, its lock undone, mints as much against nothing',
        'its receipt failed, or has not answered',
        (near) => near.lock(String(MILLION), THIEF, { value: null }),
      ],
      [
        'of a lock whose BLY went back gives its sender a million BLY on both chains',
        'the bridge did not keep the whole amount',
        (near) => near.lock(String(MILLION), THIEF, { value: String(MILLION) }),
      ],
      [
        'of a call that no token made mints as much against nothing',
        'no transfer of BLY brought it',
        (near) => near.lock(String(MILLION), THIEF, { predecessor: 'thief.test.near' }),
      ],
      [
        'whose receipt logged one BLY makes a million of it',
        'its receipt logged no such event',
        (near) => {
          const data = { nonce: '0', sender: 'alice.test.near', receiver: THIEF, amount: String(BLY) }
          near.lock(String(MILLION), THIEF, { logs: [bridgeLog('locked', data)] })
        },
      ],
    ]
    for (const [name, why, tell] of nearCases) {
      it(`${name}, if believed by its text; here it is refused`, async () => {
        const believing = await unchecked('lock', { receiver: THIEF.slice(2).toLowerCase() })
        expect(amountOf(believing, 'lock')).to.equal(String(MILLION))
        const world = new SignerWorld()
        tell(world.near)
        const { id, tx } = world.near.last()
        const data = { nonce: '0', sender: 'alice.test.near', receiver: THIEF, amount: String(MILLION) }
        const event = { standard: 'blyan_bridge', event: 'locked', data: [data] }
        const receipts = [{ receipt_id: id, tx_hash: tx, executor_id: NEAR.bridge, events: [event] }]
        // Both nodes' finders of events give it as the bridge's.
        world.nearRpcs = world.nearRpcs.map(
          (own): Rpc =>
            async (method, params, signal) => {
              const answer = (await own(method, params, signal)) as { blocks: unknown[] }
              if (method !== 'blyan_events') return answer
              const { header } = (await own('block', { block_id: 1 })) as { header: object }
              return { ...answer, blocks: [{ ...header, receipts }] }
            },
        )
        await open(world).round()
        expect(world.journal.find('lock', '0')).to.equal(null)
        expect(world.codes('error')).to.deep.equal(['SIGNER_EVENT_REFUSED'])
        expect(world.logged.find(({ level }) => level === 'error')!.data.why).to.include(why)
      })
    }
  })

  describe('somebody who writes into the journal', () => {
    const tamper = (world: SignerWorld, sql: string) => {
      world.journal.close()
      const db = new DatabaseSync(join(world.dir, 'signer.sqlite'))
      db.exec(sql)
      db.close()
      return world.start()
    }
    const forgedLock = { nonce: '0', source: '11'.repeat(32), receiver: '22'.repeat(20), amount: String(MILLION) }

    it('were the journal believed, a line in it would be worth a million BLY of the holders on EVM', () => {
      const separator = '33'.repeat(32)
      const digest = digestOf('lock', payloadOf('lock', forgedLock, '1'), separator)
      expect(signDigest(SECRET, digest)).to.have.length(130)
    })

    it('who adds a payload gets no signature for it: the signer halts', async () => {
      const world = open()
      world.near.mine()
      await world.round()
      const text = JSON.stringify(forgedLock)
      const hash = world.near.blocks[1]!.hash
      tamper(
        world,
        `INSERT INTO entries (kind, guard, key, ord, content, chain, height, hash, seen_at)
         VALUES ('lock', '0', '0', '00000000000000000000', '${text}', 'near', 1, '${hash}', 1)`,
      )
      await world.round(2)
      expect(world.journal.halted()?.code).to.equal('SIGNER_JOURNAL_FORGED')
      expect(world.journal.find('lock', '0')).to.equal(null)
    })

    it('who changes one is found out when it is served, and gets none for the next set of signers', async () => {
      const world = open()
      world.near.lock(String(BLY))
      await world.round()
      tamper(world, `UPDATE entries SET content = replace(content, '${BLY}', '${MILLION}')`)
      expect(() => world.journal.find('lock', '0')).to.throw('neither what this signer observed')
      world.evm.epoch = 2n
      world.evm.empty(1)
      await world.round()
      expect(world.journal.halted()?.code).to.equal('SIGNER_JOURNAL_FORGED')
    })

    it('who puts in a signature of another key is found out', async () => {
      const world = open()
      world.near.lock(String(BLY))
      await world.round()
      const { digest } = world.journal.find('lock', '0')!
      tamper(world, `UPDATE signatures SET signature = '${signDigest(new Uint8Array(32).fill(8), digest)}'`)
      expect(() => world.journal.find('lock', '0')).to.throw('neither what this signer observed')
    })
  })

  describe('two signers with one key', () => {
    it('each with a journal of its own sign two burns for one number when the chain forks: k such pay twice', async () => {
      const first = open(new SignerWorld(0))
      const second = open(new SignerWorld(0))
      second.evm.fork = 'fork'
      first.evm.burn(BLY, 'alice.test.near')
      second.evm.burn(BLY, 'bob.test.near')
      await first.round()
      await second.round()
      const digests = [first, second].map(({ journal }) => journal.find('burn', '0')!.digest)
      expect(new Set(digests).size).to.equal(2)
    })

    it('cannot share one: the second does not start', () => {
      const world = open()
      const { dir, key } = world
      const owner = { separator: world.near.separator, address: key.address }
      expect(() => openJournal(dir, owner, Date.now)).to.throw('Another signer works with the journal')
    })

    it('nor can the journal be used with another key or bridge', () => {
      const world = open()
      const copy = mkdtempSync(join(tmpdir(), 'blyan-signer-copy-'))
      try {
        cpSync(join(world.dir, 'signer.sqlite'), join(copy, 'signer.sqlite'))
        cpSync(join(world.dir, 'signer.sqlite-wal'), join(copy, 'signer.sqlite-wal'))
        const other = { separator: '44'.repeat(32), address: world.key.address }
        expect(() => openJournal(copy, other, Date.now)).to.throw('The journal in')
      } finally {
        rmSync(copy, { recursive: true })
      }
    })

    it('nor does one signer sign a second burn for a number whose first it has signed', async () => {
      const world = open(new SignerWorld(0))
      world.evm.burn(BLY, 'alice.test.near')
      await world.round()
      const { digest } = world.journal.find('burn', '0')!
      world.journal.sources = () => [] // even were the reorganisation overlooked
      world.evm.reorganise(1, 'fork')
      world.evm.burns = []
      world.evm.burn(BLY, 'bob.test.near')
      world.journal.setCursor('evm', { height: 0, hash: '' })
      world.evm.epoch = 2n
      world.evm.empty(1)
      await world.round()
      expect(world.codes('error')).to.include('SIGNER_CONTENT_CONFLICT')
      const receivers = world.journal.list('burn', undefined, 10).items.map(({ payload }) => payload)
      expect(receivers).to.deep.include.members([{ ...receivers[0], receiver: 'alice.test.near' }])
      expect(digest).to.have.length(64)
    })
  })

  it('an address of the bridge written in capitals is the same bridge', async () => {
    const world = new SignerWorld()
    world.evm.burn(BLY)
    world.evm.empty(3)
    world.deployment.evm.bridge = `0x${EVM_BRIDGE.slice(2).toUpperCase()}`
    await open(world).round()
    expect(amountOf(world, 'burn')).to.equal(String(BLY))
  })
})

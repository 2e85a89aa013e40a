import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { expect } from 'chai'
import fc from 'fast-check'
import { payloadKey, signerStatusSchema } from '../../../../chain/client/bridge/signerApi.ts'
import { appendMmr, EMPTY_MMR, mmrRoot, taintedRoot } from '../../../../chain/client/protocol.ts'
import { keccak256 } from '../../../../chain/lib/hash.ts'
import { parseApproval } from '../../../../oracle/signer/approvals.ts'
import { boundedFetch } from '../../../../oracle/signer/chains/boundedFetch.ts'
import { evmHttpRpc } from '../../../../oracle/signer/chains/evmRpc.ts'
import { openTables } from '../../../../oracle/signer/journalTables.ts'
import { localKey } from '../../../../oracle/signer/key/signingKey.ts'
import type { MarketEvent } from '../../../../oracle/signer/receipts/marketEvents.ts'
import { vestedReceipts } from '../../../../oracle/signer/receipts/vestedReceipts.ts'
import { startSigner } from '../../../../oracle/signer/start.ts'
import { SECRET, scriptedDeployment } from '../../../fixtures/bridge/signerWorld.ts'

const hashOf = (i: number): string => i.toString(16).padStart(64, '0')
const receipt = (index: number, task: string, worker = 'w.near'): MarketEvent => ({
  name: 'receipt',
  index,
  hash: hashOf(index + 1),
  task,
  round: 0,
  worker,
  reward: '1',
  gain: null,
})

describe('what a signer reads', () => {
  const rootOf = (size: number) => {
    let range = EMPTY_MMR
    for (let i = 0; i < size; i++) range = appendMmr(keccak256, range, hashOf(i + 1))
    return mmrRoot(keccak256, range)
  }

  describe('of receipts', () => {
    let db: DatabaseSync
    let told: string[]
    const tell = ({ what }: { what: string }): void => void told.push(what)
    beforeEach(() => {
      db = openTables(':memory:')
      told = []
    })
    afterEach(() => db.close())

    it('gives the same anchors however its blocks are cut into pieces, and when some are read twice', () => {
      const tasks = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 })
      fc.assert(
        fc.property(tasks, fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 8 }), (order, cuts) => {
          const blocks = order.map((task, i) => ({
            height: i + 1,
            hash: `b${i}`,
            events: [
              receipt(i, String(task)),
              ...(i % 3 === 2 ? [{ name: 'vested', task: String(order[i - 1]) } as MarketEvent] : []),
            ],
          }))
          const all = (pieces: (typeof blocks)[]) => {
            const own = openTables(':memory:')
            const receipts = vestedReceipts(own)
            for (const piece of pieces) {
              receipts.apply(piece, tell)
              receipts.apply(piece, tell)
            }
            const found = own.prepare('SELECT * FROM candidates ORDER BY size').all()
            own.close()
            return found
          }
          const pieces: (typeof blocks)[] = []
          for (let at = 0, i = 0; at < blocks.length; i++) {
            const length = cuts[i] ?? blocks.length
            pieces.push(blocks.slice(at, at + length))
            at += length
          }
          expect(all(pieces)).to.deep.equal(all([blocks]))
        }),
        { numRuns: 50, seed: 1 },
      )
    })

    it('offers no anchor until the market’s own root confirms the leaves', () => {
      const receipts = vestedReceipts(db)
      const events = [receipt(0, '1'), receipt(1, '1'), receipt(2, '2'), { name: 'vested', task: '1' } as MarketEvent]
      receipts.apply([{ height: 1, hash: 'b', events }], tell)
      expect(receipts.isWaiting()).to.equal(true)
      expect(receipts.confirmed({ size: 4, root: rootOf(4) }, tell)).to.deep.equal([])
      const [anchor] = receipts.confirmed({ size: 3, root: rootOf(3) }, tell)
      expect(anchor?.content).to.deep.equal({ size: '2', root: rootOf(2), tainted: taintedRoot(keccak256, 2, []) })
      receipts.done(2)
      expect(receipts.isWaiting()).to.equal(false)
    })

    it('offers none any more once the market states another root, and says so once', () => {
      const receipts = vestedReceipts(db)
      receipts.apply([{ height: 1, hash: 'b', events: [receipt(0, '1'), { name: 'vested', task: '1' }] }], tell)
      expect(receipts.confirmed({ size: 1, root: rootOf(2) }, tell)).to.deep.equal([])
      expect(receipts.confirmed({ size: 1, root: rootOf(1) }, tell)).to.deep.equal([])
      expect(told).to.have.length(1)
      expect(told[0]).to.include('do not hold together')
    })

    it('does not offer a root that somebody put into its table', () => {
      const receipts = vestedReceipts(db)
      receipts.apply([{ height: 1, hash: 'b', events: [receipt(0, '1'), { name: 'vested', task: '1' }] }], tell)
      db.exec(`UPDATE candidates SET root = '${hashOf(99)}'`)
      expect(receipts.confirmed({ size: 1, root: rootOf(1) }, tell)).to.deep.equal([])
      expect(told[0]).to.include('another root')
    })

    it('stops at a gap in the receipts, and the bridge goes on', () => {
      const receipts = vestedReceipts(db)
      receipts.apply([{ height: 1, hash: 'b', events: [receipt(1, '1'), { name: 'vested', task: '1' }] }], tell)
      receipts.apply([{ height: 2, hash: 'c', events: [receipt(0, '1'), { name: 'vested', task: '1' }] }], tell)
      expect(told).to.have.length(1)
      expect(told[0]).to.include('receipt 1 came after 0 receipts')
      expect(receipts.isWaiting()).to.equal(false)
    })

    it('waits for as many receipts as the signers agreed on', () => {
      const receipts = vestedReceipts(db, 3)
      for (let i = 0; i < 7; i++) {
        const task = String(i + 1)
        receipts.apply([{ height: i + 1, hash: 'b', events: [receipt(i, task), { name: 'vested', task }] }], tell)
      }
      const sizes = (db.prepare('SELECT size FROM candidates ORDER BY size').all() as { size: number }[]).map(
        ({ size }) => size,
      )
      expect(sizes).to.deep.equal([3, 6])
    })
  })

  describe('over HTTP', () => {
    const serving = async <T>(
      answer: (response: ServerResponse) => void,
      ask: (url: string) => Promise<T>,
    ): Promise<T | Error> => {
      const server = createServer((_, response) => answer(response))
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-of-a-provider`
      try {
        return await ask(url)
      } catch (error) {
        return error as Error
      } finally {
        server.close()
        server.closeAllConnections()
      }
    }

    it('does not follow a redirect to somewhere else', async () => {
      const error = await serving(
        (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
        (url) => boundedFetch(url),
      )
      expect(error).to.be.instanceOf(Error)
    })

    it('does not read an answer without end', async () => {
      const error = await serving(
        (response) => {
          const chunk = Buffer.alloc(1024 * 1024)
          const more = (): void => {
            while (response.writable && response.write(chunk));
            response.once('drain', more)
          }
          more()
        },
        (url) => boundedFetch(url),
      )
      expect((error as Error).message).to.include('more than 16777216 bytes')
    })

    it('tells the origin of an RPC that is away, not the path, which may hold a key', async () => {
      const error = (await serving(
        (response) => response.writeHead(500).end(),
        (url) => evmHttpRpc(url, boundedFetch)('eth_chainId', []),
      )) as Error
      expect(error.message).to.include('http://127.0.0.1').and.not.include('secret-of-a-provider')
    })
  })

  describe('of its operator', () => {
    const rotate = { epoch: '2', signers: ['11'.repeat(20), '22'.repeat(20)], k: 2, validFrom: '1800000000' }
    const text = (payload: object, kind = 'rotate') => JSON.stringify({ schema: 'blyan.approval/1', kind, payload })

    it('is an approval of a rotation or a pause, and of nothing that a chain shows', () => {
      expect(parseApproval(text(rotate)).payload).to.deep.equal(rotate)
      const burn = { nonce: '0', epoch: '1', source: '00'.repeat(32), receiver: 'a.near', amount: '1' }
      expect(() => parseApproval(text(burn, 'burn'))).to.throw('kind')
    })

    it('is no set of signers that the contracts would refuse', () => {
      for (const changes of [
        { k: 1 },
        { k: 3 },
        { signers: ['22'.repeat(20), '11'.repeat(20)] },
        { signers: ['00'.repeat(20)], k: 1 },
        { validFrom: '1800000000000' },
      ]) {
        expect(() => parseApproval(text({ ...rotate, ...changes }))).to.throw('The approval: payload')
      }
    })

    it('is two different RPCs of a chain, or a word that one is enough', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'blyan-one-'))
      const log = { info() {}, warn() {}, error() {} }
      const key = localKey(SECRET)
      const one = ['http://127.0.0.1:1', 'http://127.0.0.1:1/']
      const options = { deployment: scriptedDeployment(hashOf(1)), key, dir, nearRpcs: one, evmRpcs: one, log }
      try {
        const error = await startSigner(options).catch((thrown) => thrown)
        expect(error.code).to.equal('SIGNER_ONE_RPC')
        const signer = await startSigner({ ...options, oneRpc: true })
        const status = signerStatusSchema.parse(await (await fetch(`${signer.url}/status`)).json())
        expect(status).to.include({ oneRpc: true, lastSeenAt: 0, epoch: '0' })
        expect((await fetch(`${signer.url}/status`, { method: 'POST' })).status).to.equal(405)
        expect((await fetch(`${signer.url}/nothing`)).status).to.equal(404)
        await signer.stop()
      } finally {
        rmSync(dir, { recursive: true })
      }
    })
  })

  it('names each payload by its number, where there are two directions by both', () => {
    expect(payloadKey('veto', { direction: 'near-evm', nonce: '7', epoch: '1' })).to.equal('near-evm:7')
    expect(payloadKey('anchor', { size: '7', root: hashOf(1), tainted: hashOf(2), epoch: '1' })).to.equal('7')
  })

  it('is no file of another kind in the journal’s place', () => {
    const dir = mkdtempSync(join(tmpdir(), 'blyan-file-'))
    try {
      const path = join(dir, 'signer.sqlite')
      writeFileSync(path, 'something else, and long enough to be no database at all')
      expect(() => openTables(path)).to.throw('cannot be used')
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})

import { expect } from 'chai'
import { base58ToBytes, bytesToBase58 } from '../../../../chain/lib/bytes.ts'
import { sha256 } from '../../../../chain/lib/hash.ts'
import { blockOutcomeRoot, outcomeLeaf, outcomeProof, outcomeRoot } from '../../../../chain/node/rpc/outcomeProof.ts'
import { createTestChain } from '../../../../chain/node/testing.ts'
import { runContract, STORE } from '../support/cases.ts'

type Item = { hash: string; direction: string }

const climb = (leaf: Uint8Array, path: readonly Item[]): Uint8Array =>
  path.reduce(
    (hash, { hash: sibling, direction }) =>
      direction === 'Left' ? sha256(base58ToBytes(sibling), hash) : sha256(hash, base58ToBytes(sibling)),
    leaf,
  )

describe('the proof that an outcome is part of a block', () => {
  it('leads to the root of mainnet block 86,697,768 for the leaf of one of its transactions', () => {
    // As EXPERIMENTAL_light_client_proof answered; kept by near-light-client-go (Electron Labs, 2022).
    const receiptId = '8hxkU4avDWFDCsZckig7oN2ypnYvLyb1qmZ3SA1t8iZK'
    const leaf = outcomeLeaf({
      id: '8HoqDvJGYrSjaejXpv2PsK8c5NUvqhU3EcUFkgq18jx9',
      kind: 'transaction',
      executorId: 'relay.aurora',
      logs: [],
      receiptIds: [receiptId],
      gasBurnt: 2_428_395_018_008n,
      tokensBurnt: 242_839_501_800_800_000_000n,
      status: { kind: 'receipt', receiptId },
      profile: null,
    })
    const shard = climb(leaf, [
      { direction: 'Right', hash: 'B1Kx1mFhCpjkhon9iYJ5BMdmBT8drgesumGZoohWhAkL' },
      { direction: 'Right', hash: '3tTqGEkN2QHr1HQdctpdCoJ6eJeL6sSBw4m5aabgGWBT' },
      { direction: 'Right', hash: 'FR6wWrpjkV31NHr6BvRjJmxmL4Y5qqmrLRHT42sidMv5' },
    ])
    const root = climb(sha256(shard), [
      { direction: 'Left', hash: '3hbd1r5BK33WsN6Qit7qJCjFeVZfDFBZL3TnJt2S2T4T' },
      { direction: 'Left', hash: '4A9zZ1umpi36rXiuaKYJZgAjhUH9WoTrnSBXtA3wMdV2' },
    ])
    expect(bytesToBase58(root)).to.equal('AZYywqmo6vXvhPdVyuotmoEDgNb2tQzh2A1kV5f4Mxmq')
  })

  it('leads to the root that the next block names, for every outcome of blocks of any size', async () => {
    const chain = await createTestChain({ runContract, seed: 'proofs' })
    const store = await chain.createAccount('store.test.near')
    await store.deploy(STORE)
    const sizes = new Set<number>()
    const callers = []
    for (let i = 0; i < 7; i++) callers.push(await chain.createAccount(`caller${i}.test.near`))
    for (const count of [1, 2, 3, 5, 6, 7]) {
      await Promise.all(callers.slice(0, count).map((caller) => caller.call('store.test.near', 'set', { value: 'x' })))
    }
    await chain.root.call('store.test.near', 'setThenPanic', {}).catch(() => undefined)
    await chain.mine()
    for (const block of chain.chain.ledger.blocksFrom(1n)) {
      sizes.add(block.outcomes.length)
      for (const outcome of block.outcomes) {
        const root = climb(outcomeLeaf(outcome), outcomeProof(block, outcome.id))
        expect(bytesToBase58(root)).to.equal(outcomeRoot(block))
      }
    }
    expect(Math.max(...sizes)).to.be.greaterThan(4)
    const height = Number(chain.chain.ledger.head.header.height)
    for (let h = 2; h <= height; h++) {
      const { header, chunks } = (await chain.rpc('block', { block_id: h })) as {
        header: { outcome_root: string; prev_hash: string }
        chunks: { outcome_root: string }[]
      }
      const parent = chain.chain.ledger.blockByHash(header.prev_hash)!
      expect(header.outcome_root).to.equal(blockOutcomeRoot(parent))
      expect(chunks[0]!.outcome_root).to.equal(outcomeRoot(parent))
    }
    await chain.close()
  })
})

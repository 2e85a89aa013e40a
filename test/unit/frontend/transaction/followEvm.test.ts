/** An EVM transaction followed to its end: done is the chain's word and the event, final is final, undone says where the money is. */
import { expect } from 'chai'
import { BlyanError } from '../../../../chain/lib/errors.ts'
import type { EvmRead } from '../../../../frontend/src/transaction/evmRead.ts'
import { followEvm } from '../../../../frontend/src/transaction/followEvm.ts'
import { createJournal, type Journal } from '../../../../frontend/src/transaction/journal.ts'

const HASH = `0x${'ab'.repeat(32)}`
const ALICE = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const LOG = { address: ALICE, topics: ['0x01'], data: '0x' }

function sentJournal(confirmations: number | 'finalized' = 2): { journal: Journal; text: () => string } {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  const journal = createJournal(storage, 'a')
  journal.begin(
    { id: 'bridge/1', title: 'Move', accountId: ALICE, total: 1, evm: { rpcPath: '/evm', confirmations } },
    0,
  )
  journal.update('bridge/1', { step: 'sent', hashes: [HASH] }, 1)
  return { journal, text: () => [...kept.values()].join() }
}

/** A chain whose head moves on by one with each question about it. */
function chainOf({ status = '0x1', minedAt = 3 }: { status?: string; minedAt?: number } = {}) {
  let head = 0
  const asked: string[] = []
  const read: EvmRead = async (method) => {
    asked.push(method)
    if (method === 'eth_blockNumber') return `0x${(++head).toString(16)}`
    if (method === 'eth_getBlockByNumber') return { number: `0x${(++head).toString(16)}` }
    return head++ < minedAt ? null : { status, blockNumber: `0x${minedAt.toString(16)}`, logs: [LOG] }
  }
  return { read, asked }
}

describe('an EVM transaction', () => {
  for (const confirmations of [2, 'finalized'] as const) {
    it(`is done with its event, and final when the chain says so (${confirmations})`, async () => {
      const { journal } = sentJournal(confirmations)
      const steps: string[] = []
      journal.subscribe(() => steps.push(journal.find('bridge/1')!.step))
      const { read, asked } = chainOf()
      let logs: unknown = null
      const onDone = (_: unknown, seen: unknown) => {
        logs = seen
        return '/bridge?transfer=evm-near%3A7'
      }
      await followEvm(journal.find('bridge/1')!, { journal, read, waitMs: 0, onDone })
      expect(steps).to.deep.equal(['done', 'final'])
      expect(logs).to.deep.equal([LOG])
      expect(journal.find('bridge/1')).to.include({ href: '/bridge?transfer=evm-near%3A7', failed: null })
      expect(asked).to.include(confirmations === 2 ? 'eth_blockNumber' : 'eth_getBlockByNumber')
    })
  }

  it('that was undone is no success: the money is where it was', async () => {
    const { journal } = sentJournal()
    await followEvm(journal.find('bridge/1')!, { journal, read: chainOf({ status: '0x0' }).read, waitMs: 0 })
    const { failed, step } = journal.find('bridge/1')!
    expect(step).to.equal('sent')
    expect(failed?.code).to.equal('PAGE_EVM_REVERTED')
    expect(failed?.money).to.include(ALICE).and.include('only gas')
  })

  it('without the event that would say so is not called done', async () => {
    const { journal } = sentJournal()
    const onDone = () => {
      throw new BlyanError({ what: 'no Burned came of it', fix: 'look' })
    }
    await followEvm(journal.find('bridge/1')!, { journal, read: chainOf().read, waitMs: 0, onDone })
    expect(journal.find('bridge/1')!.step).to.equal('sent')
    expect(journal.find('bridge/1')!.failed?.what).to.equal('no Burned came of it')
  })

  it('goes on through a node that is away, and is followed again after a reload by what the journal kept', async () => {
    const { journal } = sentJournal()
    const { read } = chainOf()
    let answers = 0
    const moody: EvmRead = async (method, params) => {
      if (answers++ % 3 === 0) throw new Error('away')
      return read(method, params)
    }
    const kept = journal.list().find(({ evm }) => evm !== null)!
    expect(kept.evm).to.deep.equal({ rpcPath: '/evm', confirmations: 2 })
    await followEvm(kept, { journal, read: moody, waitMs: 0 })
    expect(journal.find('bridge/1')!.step).to.equal('final')
  })

  it('taken out of its block before it was final is not called final', async () => {
    const { journal } = sentJournal()
    let head = 0
    const read: EvmRead = async (method) => {
      if (method === 'eth_blockNumber') return `0x${(++head).toString(16)}`
      // Mined in block 1, gone for a while, then mined again, undone.
      if (head > 0 && head < 4) return head++ > 2 ? { status: '0x0', blockNumber: '0x4', logs: [] } : null
      return { status: head === 0 ? '0x1' : '0x0', blockNumber: head === 0 ? '0x1' : '0x4', logs: [LOG] }
    }
    await followEvm(journal.find('bridge/1')!, { journal, read, waitMs: 0 })
    const { step, failed } = journal.find('bridge/1')!
    expect([step, failed?.code]).to.deep.equal(['done', 'PAGE_EVM_REVERTED'])
  })
})

/** Following what was sent: done only when every step is, failed with the money's place, cut short when the page was closed. */
import { expect } from 'chai'
import type { Rpc } from '../../../../chain/client/near/rpc.ts'
import { follow } from '../../../../frontend/src/transaction/follow.ts'
import { createJournal } from '../../../../frontend/src/transaction/journal.ts'

const event = 'EVENT_JSON:{"standard":"blyan_market","version":"1.0.0","event":"task_created","data":[{"task":"7"}]}'
const outcome = (status: unknown, logs: string[] = []) => ({
  id: 'R',
  outcome: { logs, gas_burnt: 1, executor_id: 'market.test.near', status },
})
const good = {
  status: { SuccessValue: '' },
  transaction: { hash: 'H', receiver_id: 'bly.test.near' },
  transaction_outcome: outcome({ SuccessValue: '' }),
  receipts_outcome: [outcome({ SuccessValue: '' }, [event])],
}
const panic = {
  ActionError: {
    index: 0,
    kind: { FunctionCallError: { ExecutionError: 'Smart contract panicked: MARKET_BOUNTY_LOW: 1 < 2' } },
  },
}
/** The token's call succeeds, the market behind it panicked: the chain's own status is still good. */
const refunded = { ...good, receipts_outcome: [outcome({ Failure: panic }), outcome({ SuccessValue: '' })] }

function world(answer: (hash: string, waitUntil: string) => unknown, { total = 1, hashes = ['H'] } = {}) {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  const journal = createJournal(storage, 'tab')
  journal.begin({ id: 'a', title: 'A', accountId: 'alice.near', total }, 0)
  journal.update('a', { step: 'sent', hashes }, 1)
  const waits: string[] = []
  const rpc: Rpc = async (_, params) => {
    const { tx_hash, wait_until } = params as { tx_hash: string; wait_until: string }
    waits.push(wait_until)
    return answer(tx_hash, wait_until)
  }
  return { journal, rpc, waits, entry: () => journal.find('a')! }
}

describe('a sent transaction', () => {
  it('is done when every step is, then final, and tells what came of it', async () => {
    const { journal, rpc, waits, entry } = world(() => good)
    const steps: string[] = []
    journal.subscribe(() => steps.push(entry().step))
    await follow(entry(), {
      journal,
      rpc,
      now: () => 5,
      onDone: (_, events) => `/task/${(events[0]!.data as { task: string }[])[0]!.task}`,
    })
    expect(steps).to.deep.equal(['done', 'final'])
    expect(waits).to.deep.equal(['EXECUTED', 'FINAL'])
    expect(entry()).to.deep.include({ step: 'final', failed: null, href: '/task/7' })
  })

  it('is failed when a step behind a good result failed, and says where the money is', async () => {
    const { journal, rpc, entry } = world(() => refunded)
    await follow(entry(), { journal, rpc })
    expect(entry().step).to.equal('sent')
    expect(entry().failed).to.include({ code: 'MARKET_BOUNTY_LOW' })
    expect(entry().failed!.money).to.include('came back to alice.near')
  })

  it('is not called done when the page was closed between two of its transactions', async () => {
    const { journal, rpc, entry } = world(() => good, { total: 3, hashes: ['H'] })
    await follow(entry(), { journal, rpc })
    expect(entry().failed!.what).to.equal('The page was closed after 1 of 3 steps.')
    expect(journal.begin({ id: 'a', title: 'A', accountId: 'alice.near', total: 2 }, 9)).to.equal(true)
  })
})

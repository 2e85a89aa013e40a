import { expect } from 'chai'
import { createPublicClient, custom } from 'viem'
import { joined, joinedTransport } from '../../../../frontend/src/page/bridge/joined.ts'

describe('reads of a chain that several parts of the page ask for at once', () => {
  /** Windows end when the test says so. */
  function askedThrough() {
    const sent: string[] = []
    let end = () => {}
    let ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const endWindow = async () => {
      end()
      ended = new Promise((resolve) => {
        end = resolve
      })
      await new Promise(setImmediate)
    }
    const ask = joined(
      async (method, params) =>
        `${method} ${JSON.stringify(params)} ${sent.push(`${method} ${JSON.stringify(params)}`)}`,
      () => ended,
    )
    return { ask, sent, endWindow }
  }

  it('leave once for all who ask alike before they leave', async () => {
    const { ask, sent, endWindow } = askedThrough()
    const all = [ask('query', { a: 1 }), ask('query', { a: 1 }), ask('query', { a: 2 })]
    expect(sent).to.deep.equal([])
    await endWindow()
    expect(sent).to.deep.equal(['query {"a":1}', 'query {"a":2}'])
    expect(await Promise.all(all)).to.deep.equal(['query {"a":1} 1', 'query {"a":1} 1', 'query {"a":2} 2'])
  })

  it('are asked anew by whoever comes after they left, so that nobody reads from before their own transaction', async () => {
    const { ask, sent, endWindow } = askedThrough()
    const before = ask('eth_call', [1])
    await endWindow()
    const after = ask('eth_call', [1])
    await endWindow()
    expect(sent).to.have.length(2)
    expect(await before).not.to.equal(await after)
  })

  it('fail for each who asked, and are asked again by the next', async () => {
    let times = 0
    const ask = joined(
      async () => {
        if (++times === 1) throw new Error('away')
        return 'here'
      },
      async () => {},
    )
    const outcomes = await Promise.allSettled([ask('block', {}), ask('block', {})])
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected'])
    expect(await ask('block', {})).to.equal('here')
  })

  it('never hold back or join what changes a chain, or what its asker may break off', async () => {
    const { ask, sent } = askedThrough()
    const { signal } = new AbortController()
    await Promise.all([ask('send_tx', [1]), ask('send_tx', [1]), ask('eth_sendRawTransaction', [2])])
    await Promise.all([ask('query', {}, signal), ask('query', {}, signal)])
    expect(sent).to.have.length(5)
  })

  it('go through viem as well', async () => {
    let calls = 0
    const node = custom({
      request: async ({ method }: { method: string }) => (method === 'eth_call' ? `0x0${++calls}` : null),
    })
    const client = createPublicClient({ transport: joinedTransport(node) })
    const to = `0x${'12'.repeat(20)}` as const
    const answers = await Promise.all([client.call({ to }), client.call({ to }), client.call({ to, data: '0x01' })])
    expect(answers.map(({ data }) => data)).to.deep.equal(['0x01', '0x01', '0x02'])
  })
})

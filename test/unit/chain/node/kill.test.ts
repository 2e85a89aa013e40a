import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { connect } from '../../../../chain/client/near/connect.ts'
import { keyPairFromPhrase } from '../../../../chain/lib/key.ts'
import { decodeBlock } from '../../../../chain/node/block.ts'
import { RecordFile } from '../../../../chain/node/store.ts'

const CLI = new URL('../../../../scripts/cli/main.ts', import.meta.url).pathname

/** What must hold after a kill at a named point: whether the unanswered transfer may be on the chain. */
const POINTS = [
  { point: 'chain.accepted', onChain: false },
  { point: 'chain.executed', onChain: false },
  { point: 'chain.written', onChain: true },
  { point: 'chain.persisted', onChain: true },
] as const

describe('a chain killed with kill -9', () => {
  let dir: string
  let child: ChildProcess
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-kill-'))
  })
  afterEach(() => {
    child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  })

  async function start(port: number, fault?: string): Promise<number> {
    const env = { ...process.env, ...(fault === undefined ? {} : { BLYAN_FAULT: fault, BLYAN_FAULT_AT: '2' }) }
    const args = [CLI, 'chain', '--dir', dir, '--port', String(port), '--interval', '0', '--seed', 'kill', '--json']
    child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
    return (JSON.parse(line) as { port: number }).port
  }

  for (const { point, onChain } of POINTS) {
    it(`at ${point} keeps what it acknowledged, and takes the unanswered transfer exactly once`, async () => {
      const port = await start(0, point)
      const signer = { accountId: 'test.near', secretKey: keyPairFromPhrase('kill/test.near').secretKey }
      const client = connect({ rpcUrl: `http://127.0.0.1:${port}`, signer, patienceMs: 20_000 })
      await client.createAccount('alice.test.near', keyPairFromPhrase('alice').publicKey, 10n ** 24n)
      const died = once(child, 'exit')
      const transfer = client.transfer('alice.test.near', 5n)
      expect((await died)[1]).to.equal('SIGKILL')
      const { store, records } = (await RecordFile.open(join(dir, 'chain.log')))!
      await store.close()
      const blocks = records.slice(1).flatMap(({ items }) => items.map((item) => decodeBlock(item).block))
      expect(blocks.flatMap(({ transactions }) => transactions)).to.have.length(onChain ? 2 : 1)
      await start(port)
      // The client saw no reply; it asks by hash, and sends the same bytes again only where the chain knows nothing.
      const { txHash } = await transfer
      expect((await client.account('alice.test.near')).amount).to.equal(10n ** 24n + 5n)
      const { transaction_outcome } = (await client.rpc('tx', [txHash, 'test.near'])) as {
        transaction_outcome: unknown
      }
      expect(transaction_outcome).to.be.an('object')
      expect(onChain).to.be.a('boolean')
    })
  }
})

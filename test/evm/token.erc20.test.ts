/**
 * OpenZeppelin's cases for ERC-20 and permit, each run on BlyToken by code of our own; the table of them is
 * docs/results/evm-erc20-behaviour.json. Source: OpenZeppelin/openzeppelin-contracts, test/token/ERC20.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { maxUint256 } from 'viem'
import { approveCases } from '../fixtures/erc20/approveCases.ts'
import { permitCases, signPermit } from '../fixtures/erc20/permitCases.ts'
import { type Case, Erc20Subject, expectRefusal } from '../fixtures/erc20/subject.ts'
import { supplyCases } from '../fixtures/erc20/supplyCases.ts'
import { transferCases } from '../fixtures/erc20/transferCases.ts'
import { transferFromCases } from '../fixtures/erc20/transferFromCases.ts'

const TABLE = resolve(import.meta.dirname, '../../docs/results/evm-erc20-behaviour.json')
const SOURCE = { repository: 'OpenZeppelin/openzeppelin-contracts', commit: 'fddac901ccdbdb06be90536822936ea765dd9218' }

describe('BlyToken behaves like ERC-20', () => {
  const s = new Erc20Subject()
  before(() => s.start())
  after(() => s.evm.close())

  const cases: Case[] = [
    ...supplyCases(s),
    ...transferCases(s, 'transfer', (to, value) => s.send('transfer', [to, value], s.holder)),
    ...transferFromCases(s),
    ...approveCases(s, 'approve', (to, value) => s.send('approve', [to, value], s.holder)),
    ...transferCases(s, '_transfer', (to, value) => s.send('exposedTransfer', [s.holder, to, value])),
    ...approveCases(s, '_approve', (to, value) => s.send('exposedApprove', [s.holder, to, value])),
    ...permitCases(s),
  ]

  for (const { name, run } of cases) it(name, () => s.evm.trying(run))

  it('holds every case of the committed table, and the table every case', () => {
    const table = {
      schema: 'blyan.evm-erc20/1',
      source: SOURCE,
      notes: [
        'Cases of a mock that emits Approval on transferFrom do not concern BlyToken and are left out.',
        'Cases of inner steps (_mint, _burn: by the bridge; _update, _transfer, _approve) run on BlyToken with those exposed.',
      ],
      heldBy: 'test/evm/token.erc20.test.ts',
      cases: cases.map(({ file, name }) => ({ file, name, held: true })),
    }
    if (process.env.UPDATE_TABLE) writeFileSync(TABLE, `${JSON.stringify(table, null, 2)}\n`)
    expect(JSON.parse(readFileSync(TABLE, 'utf8'))).to.deep.equal(table)
  })

  it('counts no permit that was signed for another chain', () =>
    s.evm.trying(async () => {
      const elsewhere = await signPermit(s, maxUint256, { chainId: 1 })
      await expectRefusal(s.send('permit', elsewhere), 'ERC2612InvalidSigner')
    }))

  it('lets nobody but its bridge mint or burn, not even a holder his own', async () => {
    await expectRefusal(s.send('mint', [s.other, 1n], s.other), 'BlyTokenNotBridge')
    await expectRefusal(s.send('burn', [s.holder, 1n], s.holder), 'BlyTokenNotBridge')
    expect(await s.evm.read(s.token, 'bridge')).to.equal(s.evm.accounts[0])
  })
})

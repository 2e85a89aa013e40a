import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { blyContract } from '../../../../chain/client/near/bly.gen.ts'
import type { CallResult, NearCaller } from '../../../../chain/client/near/caller.ts'
import { generateClients } from '../../../../scripts/build/clients.ts'

const COMMITTED = resolve(import.meta.dirname, '../../../../chain/client/near')

describe('scripts/build/clients', () => {
  let outDir: string
  let files: Record<string, string>
  before(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'blyan-clients-'))
    files = await generateClients({ outDir })
  })
  after(() => rm(outDir, { recursive: true, force: true }))

  it('would write what is committed', () => {
    expect(Object.keys(files)).to.include.members([
      'bly.gen.ts',
      'bly.abi.gen.json',
      'market.gen.ts',
      'market.abi.gen.json',
    ])
    for (const [file, text] of Object.entries(files)) {
      expect(readFileSync(join(COMMITTED, file), 'utf8'), `${file}: run npm run gen:clients`).to.equal(text)
      expect(readFileSync(join(outDir, file), 'utf8')).to.equal(text)
    }
  })

  it('calls with the table\u2019s gas and deposit unless told otherwise', async () => {
    const seen: unknown[][] = []
    const caller: NearCaller = {
      async view<T>(...args: unknown[]) {
        seen.push(args)
        return 'value' as T
      },
      async call<T>(...args: unknown[]) {
        seen.push(args)
        return {} as CallResult<T>
      },
    }
    const bly = blyContract(caller, 'bly.near')
    await bly.ft_transfer({ receiver_id: 'bob.near', amount: '5' })
    await bly.ft_transfer({ receiver_id: 'bob.near', amount: '5' }, { gas: 7n })
    await bly.storage_deposit({ account_id: 'bob.near' }, { deposit: 9n })
    expect(await bly.ft_balance_of({ account_id: 'bob.near' })).to.equal('value')
    expect(seen).to.deep.equal([
      ['bly.near', 'ft_transfer', { receiver_id: 'bob.near', amount: '5' }, { gas: 10n ** 13n, deposit: 1n }],
      ['bly.near', 'ft_transfer', { receiver_id: 'bob.near', amount: '5' }, { gas: 7n, deposit: 1n }],
      ['bly.near', 'storage_deposit', { account_id: 'bob.near' }, { gas: 10n ** 13n, deposit: 9n }],
      ['bly.near', 'ft_balance_of', { account_id: 'bob.near' }, undefined],
    ])
  })

  it('describes every method in the ABI, callbacks too, and events as definitions', () => {
    const abi = JSON.parse(files['bly.abi.gen.json']!)
    const byName = new Map(abi.body.functions.map((entry: { name: string }) => [entry.name, entry]))
    expect(abi.schema_version).to.equal('0.4.0')
    expect(byName.get('ft_resolve_transfer')).to.deep.include({ kind: 'call', modifiers: ['private'] })
    expect(byName.get('ft_transfer')).to.deep.include({ modifiers: ['payable'] })
    expect(Object.keys(abi.body.root_schema.definitions)).to.include('Event_ft_transfer')
    expect(files['bly.gen.ts']).to.not.include('ft_resolve_transfer')
  })
})

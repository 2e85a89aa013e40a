import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import type { BlyanError } from '../../../chain/lib/errors.ts'
import { buildContracts } from '../../../scripts/build/contracts.ts'

const HEAD = "import { NearBindgen, view } from 'near-sdk-js'\n"
const CLASS = '@NearBindgen({})\nexport class Sample {\n  @view({})\n  look() {\n    return look()\n  }\n}\n'

describe('contracts/toolchain: what it refuses, and where', function () {
  this.timeout(600_000)
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blyan-refusal-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function refusal(files: Record<string, string>, names = ['sample']): Promise<BlyanError> {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    try {
      await buildContracts({ sources: folder, names, outDir: join(folder, 'out'), quiet: true })
    } catch (error) {
      return error as BlyanError
    }
    throw new Error('it was built')
  }

  it('a name that is no contract, naming those that are', async () => {
    const error = await refusal({ 'other/contract.ts': '' }, ['sample'])
    expect(error.code).to.equal('TOOLCHAIN_CONTRACT_NOT_FOUND')
    expect(error.fix).to.include('other')
  })

  it('TypeScript that does not parse, by file, line and column', async () => {
    const error = await refusal({
      'sample/contract.ts': `${HEAD}import { look } from './look.ts'\n${CLASS}`,
      'sample/look.ts': 'export const look = () => {\n  return 1 +\n}\n',
    })
    expect(error.code).to.equal('TOOLCHAIN_SYNTAX')
    expect(error.data.at).to.match(/sample\/look\.ts:3:1$/)
    expect(error.data.excerpt).to.equal('}')
  })

  it('an import that leads nowhere, and a name that is not exported', async () => {
    const missing = await refusal({ 'sample/contract.ts': `${HEAD}import { look } from './gone.ts'\n${CLASS}` })
    expect([missing.code, missing.what]).to.satisfy(
      ([code, what]: string[]) => code === 'TOOLCHAIN_SYNTAX' && what!.includes('./gone.ts'),
    )
    const unnamed = await refusal({
      'sample/contract.ts': `${HEAD}import { look } from './look.ts'\n${CLASS}`,
      'sample/look.ts': 'export const other = 1\n',
    })
    expect(unnamed.code).to.equal('TOOLCHAIN_SYNTAX')
    expect(unnamed.what).to.match(/sample\/contract\.ts:2:\d+: .*look/)
  })

  it('a table that lists other methods than the class has', async () => {
    const error = await refusal({
      'sample/contract.ts': `${HEAD}const look = () => 1\n${CLASS}`,
      'sample/schema.ts': "export const schema = { name: 'sample', methods: { peek: {} } }\n",
    })
    expect(error.code).to.equal('TOOLCHAIN_SCHEMA_MISMATCH')
    expect(error.data).to.deep.equal({ unlisted: ['look'], absent: ['peek'] })
  })

  it('a top level that throws, with its text', async () => {
    const error = await refusal({
      'sample/contract.ts': `${HEAD}const look = () => missing\nconst missing = JSON.parse('{')\n${CLASS}`,
    })
    expect(error.code).to.equal('TOOLCHAIN_START_FAILED')
    expect(error.what).to.match(/top level throws: /)
    expect(error.data.stack).to.include('contract.js:')
  })

  it('a top level that asks the chain before any call', async () => {
    const error = await refusal({
      'sample/contract.ts': `import { NearBindgen, near, view } from 'near-sdk-js'\nconst at = near.blockTimestamp()\nconst look = () => \`\${at}\`\n${CLASS}`,
    })
    expect(error.code).to.equal('TOOLCHAIN_START_FAILED')
    expect(error.what).to.include('block_timestamp()')
  })
})

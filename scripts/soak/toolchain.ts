/**
 * `npm run soak:toolchain -- [--json FILE]`: builds every contract twice from nothing, in two folders of different names
 * under other TZ and LANG, then once warm, and compares the bytes. Writes docs/results/toolchain.json unless told otherwise.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BuildMeta } from '../../contracts/toolchain/index.ts'
import { buildContracts } from '../build/contracts.ts'
import { copyToolchain } from '../build/copyToolchain.ts'
import { commit, isDirty, machine } from '../lib/machine.ts'

const ROOT = resolve(import.meta.dirname, '../..')

interface Run {
  env: Record<string, string>
  contracts: Record<string, Pick<BuildMeta, 'sha256' | 'bytes' | 'timingsMs'>>
}

const ENVIRONMENTS = [
  { TZ: 'UTC', LANG: 'C', folder: 'a' },
  { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', folder: 'another folder, with spaces' },
]

function build(folder: string, env: Record<string, string>): Run {
  const script = join(folder, 'scripts/build/contracts.ts')
  const stdout = execFileSync(process.execPath, [script, '--json'], {
    cwd: folder,
    env: { ...process.env, ...env, LC_ALL: env.LANG },
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  })
  const metas = JSON.parse(stdout.toString()) as BuildMeta[]
  const contracts = metas.map(({ name, sha256, bytes, timingsMs }) => [name, { sha256, bytes, timingsMs }])
  return { env, contracts: Object.fromEntries(contracts) as Run['contracts'] }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: 'string', default: join(ROOT, 'docs/results/toolchain.json') } },
  })
  await buildContracts() // installs packages, and shows that this checkout builds at all
  const folder = mkdtempSync(join(tmpdir(), 'blyan-soak-'))
  try {
    const cold = ENVIRONMENTS.map(({ folder: name, ...env }) => {
      copyToolchain(join(folder, name))
      return build(join(folder, name), env)
    })
    const last = join(folder, ENVIRONMENTS.at(-1)!.folder)
    // Without its wasm a contract is built again, from compiled C objects.
    for (const name of Object.keys(cold[0]!.contracts)) rmSync(join(last, 'contracts/build', `${name}.wasm`))
    const warm = build(last, cold[0]!.env)
    const runs = [...cold, warm]
    const names = Object.keys(warm.contracts)
    const different = names.filter((name) => new Set(runs.map(({ contracts }) => contracts[name]!.sha256)).size > 1)
    const report = {
      schema: 'blyan.toolchain/1',
      commit: commit(),
      dirty: isDirty(),
      machine: machine(),
      cold,
      warm,
      different,
    }
    mkdirSync(dirname(resolve(values.json)), { recursive: true })
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
    for (const name of names) {
      const [first, second] = cold.map(({ contracts }) => contracts[name]!)
      console.log(
        `${name}: ${first!.bytes} B, ${first!.sha256} and ${second!.sha256}, warm ${warm.contracts[name]!.timingsMs.total} ms`,
      )
    }
    console.log(
      different.length === 0 ? `identical; ${values.json}` : `DIFFERENT: ${different.join(', ')}; ${values.json}`,
    )
    return different.length
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()

/** What must hold before any test is worth reading: contracts build, the code is in form, its types fit. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './groups.ts'

export interface Check {
  name: string
  run: () => Promise<CheckOutcome>
}

export interface CheckOutcome {
  ok: boolean
  /** What the tool printed. */
  text: string
}

/** In the order in which they are cheapest to fail. */
export const CHECKS: readonly Check[] = [
  { name: 'lint and format (biome)', run: () => tool('@biomejs/biome/bin/biome', 'check', '--max-diagnostics=50') },
  { name: 'types (tsc)', run: () => tool('typescript/bin/tsc', '--noEmit') },
  { name: 'types of the page (tsc)', run: () => tool('typescript/bin/tsc', '--noEmit', '-p', 'frontend') },
]

/** Builds the contracts unless their files are as they were: the tests run the wasm itself. */
export const BUILD: Check = {
  name: 'contracts build',
  run: async () => {
    const script = join(REPOSITORY, 'scripts/build/contracts.ts')
    if (!existsSync(script)) return { ok: false, text: `${script} is missing` }
    return command(process.execPath, ['--disable-warning=ExperimentalWarning', script])
  },
}

function tool(entry: string, ...args: string[]): Promise<CheckOutcome> {
  return command(process.execPath, [join(REPOSITORY, 'node_modules', entry), ...args])
}

function command(file: string, args: string[]): Promise<CheckOutcome> {
  const child = spawn(file, args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', (data) => (text += data))
  child.stderr.on('data', (data) => (text += data))
  return new Promise((settle) => child.on('close', (code) => settle({ ok: code === 0, text })))
}

/** Binaryen over the snapshot: newer instructions lowered to what every NEAR version runs, dead code gone, all re-encoded. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { ToolchainError } from './errors.ts'
import type { Places } from './paths.ts'
import { keepExports } from './sections.ts'
import { isHelperExport } from './snapshot.ts'
import { packageFolder } from './vendor.ts'

/** wasi-libc brings bulk memory and saturating conversions along, which older NEAR versions refuse. */
const LOWERING = [
  '--enable-bulk-memory',
  '--enable-bulk-memory-opt',
  '--enable-nontrapping-float-to-int',
  '--enable-sign-ext',
  '--enable-mutable-globals',
  '--llvm-memory-copy-fill-lowering',
  '--llvm-nontrapping-fptoint-lowering',
  '--signext-lowering',
  '--remove-unused-module-elements',
]

/** Validates that nothing newer is left; mutable globals are the stack pointer. */
const FINAL = ['--mvp-features', '--enable-mutable-globals', '--remove-unused-module-elements', '-O2']

/** @returns a module with the methods and `memory` as exports, in MVP instructions, integers in their shortest form */
export async function optimize(places: Places, snapshot: Uint8Array): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'blyan-wasm-opt-'))
  try {
    // Helper exports go first: near_boot and all that only it needs are dead code from here on.
    await writeFile(
      join(folder, 'a.wasm'),
      keepExports(snapshot, (name) => !isHelperExport(name)),
    )
    await wasmOpt(places, folder, ['a.wasm', ...LOWERING, '-o', 'b.wasm'])
    await wasmOpt(places, folder, ['b.wasm', ...FINAL, '-o', 'c.wasm'])
    return await readFile(join(folder, 'c.wasm'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function wasmOpt(places: Places, cwd: string, args: string[]): Promise<void> {
  const tool = resolve(packageFolder(places, 'binaryen'), 'bin/wasm-opt')
  try {
    await promisify(execFile)(process.execPath, [tool, ...args], { cwd })
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string }
    throw new ToolchainError({
      what: `wasm-opt failed: ${stderr.trim().slice(0, 2000) || (cause as Error).message}`,
      fix: 'Delete contracts/node_modules and build again; if it stays, the engine uses an instruction that has no lowering.',
      data: { args },
      cause,
    })
  }
}

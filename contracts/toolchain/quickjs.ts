/** The C sources of a contract's engine: QuickJS 2021-03-27 as npm ships it, with one fix, and our shims over it. */
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ToolchainError } from './errors.ts'
import type { Places } from './paths.ts'
import { packageFolder } from './vendor.ts'

/** File name to text: one flat folder, which is clang's include path. */
export type CSources = Record<string, string>

const ENGINE_FILES =
  /^(?:quickjs|quickjs-atom|quickjs-opcode|cutils|libbf|libregexp|libregexp-opcode|libunicode|libunicode-table|list)\.[ch]$/

/** What is linked into every contract, each compiled alone. quickjs.c is part of engine.c. */
export const ENGINE_UNITS = ['engine', 'libregexp', 'libunicode', 'cutils', 'libbf', 'memory', 'platform'] as const

/** bf_set_ui shifts by 32 when the value is 2^63 or more, which C leaves undefined: deposits would come out wrong. */
const SHIFT = 'r->tab[1] = (a1 << shift) | (a0 >> (LIMB_BITS - shift));'
const SHIFT_FIXED = 'r->tab[1] = shift ? (a1 << shift) | (a0 >> (LIMB_BITS - shift)) : a1;'

/** @throws ToolchainError when the pinned QuickJS is not what the fix was written for */
export function readEngineSources(places: Places): CSources {
  const sources: CSources = {}
  const engine = resolve(packageFolder(places, 'qjsc'), 'deps/quickjs_2021_03_27')
  for (const file of readdirSync(engine).sort()) {
    if (ENGINE_FILES.test(file)) sources[file] = readFileSync(resolve(engine, file), 'utf8')
  }
  const libbf = sources['libbf.c'] ?? ''
  if (libbf.split(SHIFT).length !== 2) {
    throw new ToolchainError({
      what: 'libbf.c of the installed qjsc package has no place for our fix of bf_set_ui.',
      fix: 'Install the versions of contracts/package-lock.json: delete contracts/node_modules and build again.',
    })
  }
  sources['libbf.c'] = libbf.replace(SHIFT, SHIFT_FIXED)
  for (const file of readdirSync(places.runtime).sort()) {
    if (/\.[ch]$/.test(file)) sources[file] = readFileSync(resolve(places.runtime, file), 'utf8')
  }
  return sources
}

/** near-sdk-js's own binding of the host functions, with the paths of its includes made ours. */
export function readBuilder(places: Places): string {
  const text = readFileSync(resolve(packageFolder(places, 'near-sdk-js'), 'builder/builder.c'), 'utf8')
  return text
    .replace(/"[^"\n]*\/quickjs-libc-min\.h"/, '"engine.h"')
    .replace(/"[^"\n]*\/deps\/quickjs\/([^"/\n]+)"/g, '"$1"')
}

/** The two generated headers of builder.c: the contract's bytecode, and one macro a method. */
export function contractHeaders(bytecode: Uint8Array, methods: readonly string[]): CSources {
  return {
    // Not const: near_boot clears it.
    'code.h': `#include <stdint.h>\nconst uint32_t code_size = ${bytecode.length};\nuint8_t code[] = {${bytecode.join(',')}};\n`,
    'methods.h': `#include "entry.h"\n${methods.map((name) => `DEFINE_NEAR_METHOD(${name})\n`).join('')}`,
  }
}

/** Nothing leaves the toolchain that NEAR would refuse: imports, exports, limits, instructions, encoding. */
import { WasmGateError } from './errors.ts'
import { inspectWasm, type WasmFacts } from './inspect.ts'
import { NEAR_HOST_FUNCTIONS, NEAR_LIMITS } from './nearLimits.ts'

const FUNCTION = 0
const MEMORY = 2

/**
 * @param methods  what must be exported, with `memory` and nothing else
 * @throws WasmGateError naming every rule that is broken
 */
export function checkGates(wasm: Uint8Array, methods: readonly string[]): WasmFacts {
  const facts = inspectWasm(wasm)
  const broken = [
    ...findForeignImports(facts),
    ...findWrongExports(facts, methods),
    ...findExcess(facts),
    ...findUnportable(facts),
  ]
  if (!WebAssembly.validate(wasm as Uint8Array<ArrayBuffer>)) broken.push('it is no valid WebAssembly')
  if (broken.length === 0) return facts
  throw new WasmGateError({
    what: `NEAR would refuse this contract: ${broken.join('; ')}.`,
    fix: 'Make the contract smaller, or its functions; for instructions and encoding, the fault is the toolchain\u2019s.',
    data: { broken },
  })
}

function findForeignImports({ imports }: WasmFacts): string[] {
  const foreign = imports.filter(
    ({ module, name, kind }) => module !== 'env' || kind !== FUNCTION || !NEAR_HOST_FUNCTIONS.has(name),
  )
  return foreign.map(({ module, name }) => `it imports ${module}.${name}, which is no host function`)
}

function findWrongExports({ exports }: WasmFacts, methods: readonly string[]): string[] {
  const expected = new Set(methods)
  const found = new Set(exports.filter(({ kind }) => kind === FUNCTION).map(({ name }) => name))
  return [
    ...exports
      .filter(({ name, kind }) => (kind === FUNCTION ? !expected.has(name) : kind !== MEMORY || name !== 'memory'))
      .map(({ name }) => `it exports ${name}, which is no method`),
    ...methods.filter((name) => !found.has(name)).map((name) => `method ${name} is not exported`),
    ...methods
      .filter((name) => Buffer.byteLength(name) > NEAR_LIMITS.methodNameBytes)
      .map((name) => `the name ${name.slice(0, 20)}\u2026 is longer than ${NEAR_LIMITS.methodNameBytes} bytes`),
  ]
}

function findExcess(facts: WasmFacts): string[] {
  const counts: [string, number, number][] = [
    ['bytes', facts.bytes, NEAR_LIMITS.contractBytes],
    ['functions', facts.functions + facts.imports.length, NEAR_LIMITS.functions],
    ['locals', facts.locals, NEAR_LIMITS.locals],
    ['types', facts.types, NEAR_LIMITS.types],
    ['tables', facts.tables, NEAR_LIMITS.tables],
    ['table elements', facts.tableElements, NEAR_LIMITS.tableElements],
    ['bytes in one function', facts.maxBodyBytes, NEAR_LIMITS.bodyBytes],
    ['parameters of one function', facts.maxParams, NEAR_LIMITS.paramsPerFunction],
    ['parameters', facts.params, NEAR_LIMITS.params],
    ['blocks in one function', facts.maxBlocks, NEAR_LIMITS.blocksPerFunction],
    ['blocks', facts.blocks, NEAR_LIMITS.blocks],
    ['pages of memory', facts.memoryPages, NEAR_LIMITS.memoryPages],
  ]
  return counts
    .filter(([, count, most]) => count > most)
    .map(([what, count, most]) => `${count} ${what}, ${most} allowed`)
}

function findUnportable({ newer, overlong }: WasmFacts): string[] {
  const broken = Object.entries(newer).map(([name, count]) => `${count} \u00d7 ${name}, newer than WebAssembly 1.0`)
  if (overlong > 0) broken.push(`${overlong} integers are encoded longer than needed`)
  return broken
}

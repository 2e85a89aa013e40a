/** Reads a finished module from end to end, each instruction included, and says what NEAR would count. */
import { WasmReader } from './leb.ts'
import { readSections, SECTION } from './sections.ts'

export interface WasmFacts {
  bytes: number
  imports: { module: string; name: string; kind: number }[]
  exports: { name: string; kind: number }[]
  types: number
  functions: number
  /** Of all functions. */
  params: number
  maxParams: number
  locals: number
  tables: number
  tableElements: number
  memoryPages: number
  maxBodyBytes: number
  blocks: number
  maxBlocks: number
  dataSegments: number
  customSections: number
  instructions: number
  /** Offsets of integers that are longer than their shortest form, within their section. */
  overlong: number
  /** Opcodes beyond WebAssembly 1.0, with how often each occurs. */
  newer: Record<string, number>
}

/** @throws RangeError for bytes that end too early; validity itself is WebAssembly.compile's business */
export function inspectWasm(wasm: Uint8Array): WasmFacts {
  const facts: WasmFacts = {
    bytes: wasm.length,
    imports: [],
    exports: [],
    types: 0,
    functions: 0,
    params: 0,
    maxParams: 0,
    locals: 0,
    tables: 0,
    tableElements: 0,
    memoryPages: 0,
    maxBodyBytes: 0,
    blocks: 0,
    maxBlocks: 0,
    dataSegments: 0,
    customSections: 0,
    instructions: 0,
    overlong: 0,
    newer: {},
  }
  const paramsOfType: number[] = []
  for (const { id, body } of readSections(wasm)) {
    const reader = new WasmReader(body)
    const readers: Partial<Record<number, () => void>> = {
      [SECTION.custom]: () => facts.customSections++,
      [SECTION.type]: () => readTypes(reader, paramsOfType),
      [SECTION.import]: () => readImports(reader, facts),
      [SECTION.function]: () => readFunctions(reader, facts, paramsOfType),
      [SECTION.table]: () => readTables(reader, facts),
      [SECTION.memory]: () => readMemories(reader, facts),
      [SECTION.global]: () => readGlobals(reader, facts),
      [SECTION.export]: () => repeat(reader, () => facts.exports.push(readExport(reader))),
      [SECTION.element]: () => readElements(reader, facts),
      [SECTION.code]: () => repeat(reader, () => readBody(reader, facts)),
      [SECTION.data]: () => readData(reader, facts),
    }
    readers[id]?.()
    facts.overlong += reader.overlong.length
  }
  facts.types = paramsOfType.length
  return facts
}

function repeat(reader: WasmReader, read: () => void): void {
  for (let left = reader.u32(); left > 0; left--) read()
}

function readTypes(reader: WasmReader, paramsOfType: number[]): void {
  repeat(reader, () => {
    reader.byte()
    const params = reader.u32()
    reader.skip(params)
    reader.skip(reader.u32())
    paramsOfType.push(params)
  })
}

function readImports(reader: WasmReader, facts: WasmFacts): void {
  repeat(reader, () => {
    const [module, name, kind] = [reader.name(), reader.name(), reader.byte()]
    if (kind === 0) reader.u32()
    else if (kind === 3) reader.skip(2)
    else {
      if (kind === 1) reader.byte()
      readLimits(reader)
    }
    facts.imports.push({ module, name, kind })
  })
}

function readLimits(reader: WasmReader): number {
  const flags = reader.byte()
  const min = reader.u32()
  if (flags & 1) reader.u32()
  return min
}

function readFunctions(reader: WasmReader, facts: WasmFacts, paramsOfType: readonly number[]): void {
  repeat(reader, () => {
    const params = paramsOfType[reader.u32()]!
    facts.functions++
    facts.params += params
    facts.maxParams = Math.max(facts.maxParams, params)
  })
}

function readTables(reader: WasmReader, facts: WasmFacts): void {
  repeat(reader, () => {
    reader.byte()
    facts.tableElements += readLimits(reader)
    facts.tables++
  })
}

function readMemories(reader: WasmReader, facts: WasmFacts): void {
  repeat(reader, () => {
    facts.memoryPages += readLimits(reader)
  })
}

function readExport(reader: WasmReader): { name: string; kind: number } {
  const entry = { name: reader.name(), kind: reader.byte() }
  reader.u32()
  return entry
}

function readGlobals(reader: WasmReader, facts: WasmFacts): void {
  repeat(reader, () => {
    reader.skip(2)
    readInstructions(reader, facts, reader.bytes.length, true)
  })
}

function readElements(reader: WasmReader, facts: WasmFacts): void {
  repeat(reader, () => {
    if (reader.u32() !== 0) facts.newer['element segment kind'] = (facts.newer['element segment kind'] ?? 0) + 1
    readInstructions(reader, facts, reader.bytes.length, true)
    repeat(reader, () => void reader.u32())
  })
}

function readData(reader: WasmReader, facts: WasmFacts): void {
  repeat(reader, () => {
    if (reader.u32() !== 0) facts.newer['data segment kind'] = (facts.newer['data segment kind'] ?? 0) + 1
    readInstructions(reader, facts, reader.bytes.length, true)
    reader.skip(reader.u32())
    facts.dataSegments++
  })
}

function readBody(reader: WasmReader, facts: WasmFacts): void {
  const length = reader.u32()
  const end = reader.at + length
  repeat(reader, () => {
    facts.locals += reader.u32()
    reader.byte()
  })
  const before = facts.blocks
  readInstructions(reader, facts, end, false)
  facts.maxBodyBytes = Math.max(facts.maxBodyBytes, length)
  facts.maxBlocks = Math.max(facts.maxBlocks, facts.blocks - before)
}

/** Up to `end`, or for a constant expression to its `end` instruction. */
function readInstructions(reader: WasmReader, facts: WasmFacts, end: number, constant: boolean): void {
  while (reader.at < end) {
    const opcode = reader.byte()
    facts.instructions++
    if (opcode === 0x0b && constant) return
    if (opcode >= 0x02 && opcode <= 0x04) facts.blocks++
    if (!skipImmediates(reader, opcode)) {
      const name = `0x${opcode.toString(16)}`
      facts.newer[name] = (facts.newer[name] ?? 0) + 1
      if (opcode === 0xfc) skipBulk(reader)
      else if (opcode < 0xc0 || opcode > 0xc4)
        throw new RangeError(`instruction ${name} at byte ${reader.at} is beyond reading`)
    }
  }
}

/** Passes over what follows an instruction of WebAssembly 1.0. Returns false for a newer one. */
function skipImmediates(reader: WasmReader, opcode: number): boolean {
  if (opcode <= 0x01 || opcode === 0x05 || opcode === 0x0b || opcode === 0x0f || opcode === 0x1a || opcode === 0x1b)
    return true
  if (opcode >= 0x45 && opcode <= 0xbf) return true // comparisons, arithmetic, conversions
  if (opcode >= 0x02 && opcode <= 0x04) reader.skipSigned()
  else if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10) reader.u32()
  else if (opcode === 0x0e) {
    repeat(reader, () => void reader.u32())
    reader.u32()
  } else if (opcode === 0x11 || (opcode >= 0x28 && opcode <= 0x3e)) {
    reader.u32()
    reader.u32()
  } else if (opcode >= 0x20 && opcode <= 0x24) reader.u32()
  else if (opcode === 0x3f || opcode === 0x40) reader.u32()
  else if (opcode === 0x41 || opcode === 0x42) reader.skipSigned()
  else if (opcode === 0x43) reader.skip(4)
  else if (opcode === 0x44) reader.skip(8)
  else return false
  return true
}

/** Saturating conversions and bulk memory, so that a report can count them. */
function skipBulk(reader: WasmReader): void {
  const kind = reader.u32()
  const immediates = kind <= 7 ? 0 : kind === 8 || kind === 10 || kind === 12 || kind === 14 ? 2 : 1
  for (let i = 0; i < immediates; i++) reader.u32()
}

/** Decodes a module section by section, with the checks that NEAR makes while it parses. Source: nearcore prepare_v3.rs. */
import type { ProtocolParams } from '../../lib/params.gen.ts'
import { type ExportEntry, type FuncType, SECTION, type WasmModule } from './module.ts'
import { FUNCREF, isValueType, OP } from './opcodes.ts'
import { WasmFormatError, WasmReader } from './reader.ts'

const EXPORT_KINDS = ['function', 'table', 'memory', 'global'] as const
const MAX_PARAMS_PER_TYPE = 1000 // wasmparser's own limit
/** Ids in the order in which sections must come; the data count lies before the code. */
const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11]

/** @throws WasmFormatError naming nearcore's PrepareError. Instructions are looked at later, types by the engine. */
export function decodeModule(bytes: Uint8Array, { limits }: ProtocolParams): WasmModule {
  const reader = new WasmReader(bytes)
  if (bytes.length < 8 || new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true) !== 0x1_6d73_6100n) {
    reader.fail('no wasm 1 header')
  }
  reader.at = 8
  const module: WasmModule = {
    bytes,
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memoryPages: null,
    globalTypes: [],
    mutableGlobals: [],
    changesTables: false,
    exports: [],
    start: null,
    bodies: [],
    raw: new Map(),
  }
  let last = -1
  while (!reader.done) {
    const id = reader.u8()
    const size = reader.u32()
    const start = reader.at
    reader.skip(size)
    const section = new WasmReader(bytes, start, start + size)
    if (id === SECTION.custom) {
      section.name()
      continue
    }
    const place = ORDER.indexOf(id)
    if (place <= last) section.fail(place < 0 ? `section ${id} is not supported` : `section ${id} is out of order`)
    last = place
    module.raw.set(id, bytes.subarray(start, start + size))
    readSection(module, id, section, limits)
    if (!section.done) section.fail(`section ${id} is longer than its contents`)
  }
  if (module.bodies.length !== module.functions.length) reader.fail('functions and bodies differ in number')
  return module
}

function readSection(module: WasmModule, id: number, reader: WasmReader, limits: ProtocolParams['limits']): void {
  switch (id) {
    case SECTION.type: {
      const count = reader.u32()
      if (count > limits.max_types_per_contract) refuse('TooManyTypes')
      module.types = times(count, () => readType(reader))
      return
    }
    case SECTION.import:
      for (let n = reader.u32(); n > 0; n--) readImport(module, reader)
      if (module.imports.length > limits.max_functions_number_per_contract) refuse('TooManyFunctions')
      return
    case SECTION.function:
      module.functions = times(reader.u32(), () => typeIndex(module, reader))
      return
    case SECTION.table: {
      const count = reader.u32()
      if (count > limits.max_tables_per_contract) refuse('TooManyTables')
      module.tables = times(count, () => {
        const table = { type: reader.u8(), ...readLimits(reader) }
        if (table.type !== FUNCREF) reader.fail('only tables of functions are supported')
        if (table.min > limits.max_elements_per_contract_table) refuse('TooManyTableElements')
        return table
      })
      return
    }
    case SECTION.memory: {
      const count = reader.u32()
      if (count > 1) reader.fail('more than one memory')
      if (count === 1) module.memoryPages = readLimits(reader).min
      return
    }
    case SECTION.global:
      module.globalTypes = times(reader.u32(), (i) => {
        const type = valueType(reader)
        const mutability = reader.u8()
        if (mutability > 1) reader.fail('malformed mutability')
        if (mutability === 1) module.mutableGlobals.push(i)
        readConstant(reader)
        return type
      })
      return
    case SECTION.export:
      module.exports = times(reader.u32(), () => readExport(reader))
      return
    case SECTION.start:
      module.start = reader.u32()
      return
    case SECTION.element:
      for (let n = reader.u32(); n > 0; n--) readElement(reader)
      return
    case SECTION.dataCount:
      reader.u32()
      return
    case SECTION.code:
      readBodies(module, reader, limits)
      return
    case SECTION.data:
      for (let n = reader.u32(); n > 0; n--) {
        const flags = reader.u32()
        if (flags > 2) reader.fail('malformed data segment')
        if (flags === 2 && reader.u32() !== 0) reader.fail('unknown memory')
        if (flags !== 1) readConstant(reader)
        reader.skip(reader.u32())
      }
      return
  }
}

function readType(reader: WasmReader): FuncType {
  if (reader.u8() !== 0x60) reader.fail('unsupported kind of type')
  const params = times(countUpTo(reader, MAX_PARAMS_PER_TYPE), () => valueType(reader))
  const results = times(countUpTo(reader, 1), () => valueType(reader))
  return { params, results }
}

function readImport(module: WasmModule, reader: WasmReader): void {
  const from = reader.name()
  const name = reader.name()
  const kind = reader.u8()
  if (from !== 'env') refuse('Instantiate')
  if (kind === 1 || kind === 3) refuse('Instantiate')
  if (kind === 2) refuse('Memory')
  if (kind !== 0) reader.fail('unsupported kind of import')
  module.imports.push({ module: from, name, type: typeIndex(module, reader) })
}

function readExport(reader: WasmReader): ExportEntry {
  const name = reader.name()
  const kind = EXPORT_KINDS[reader.u8()]
  if (kind === undefined) return reader.fail('unsupported kind of export')
  return { name, kind, index: reader.u32() }
}

function readElement(reader: WasmReader): void {
  const flags = reader.u32()
  if (flags > 7) reader.fail('malformed element segment')
  const isActive = (flags & 1) === 0
  if (isActive && flags & 2 && reader.u32() !== 0) reader.fail('unknown table')
  if (isActive) readConstant(reader)
  const usesExpressions = (flags & 4) !== 0
  if (flags & 3) {
    const kind = reader.u8()
    if (kind !== (usesExpressions ? FUNCREF : 0)) reader.fail('unsupported kind of element')
  }
  for (let n = reader.u32(); n > 0; n--) {
    if (usesExpressions) readConstant(reader)
    else reader.u32()
  }
}

/** One constant and `end`: no imported globals, so nothing to get; no arithmetic. */
function readConstant(reader: WasmReader): void {
  switch (reader.u8()) {
    case OP.i32Const:
      reader.skipLeb(32)
      break
    case OP.i64Const:
      reader.skipLeb(64)
      break
    case OP.f32Const:
      reader.skip(4)
      break
    case OP.f64Const:
      reader.skip(8)
      break
    case OP.refNull:
      if (reader.u8() !== FUNCREF) reader.fail('unsupported reference type')
      break
    case OP.refFunc:
      reader.u32()
      break
    default:
      reader.fail('unsupported constant expression')
  }
  if (reader.u8() !== OP.end) reader.fail('constant expression is too long')
}

function readBodies(module: WasmModule, reader: WasmReader, limits: ProtocolParams['limits']): void {
  const count = reader.u32()
  if (module.imports.length + count > limits.max_functions_number_per_contract) refuse('TooManyFunctions')
  let locals = 0
  for (let i = 0; i < count; i++) {
    const size = reader.u32()
    if (size > limits.max_function_body_size) refuse('FunctionBodyTooLarge')
    const start = reader.at
    reader.skip(size)
    module.bodies.push({ start, end: reader.at })
    const body = new WasmReader(reader.bytes, start, reader.at)
    for (let n = body.u32(); n > 0; n--) {
      locals += body.u32()
      body.u8()
      if (locals > limits.max_locals_per_contract) refuse('TooManyLocals')
    }
  }
}

function readLimits(reader: WasmReader): { min: number; max: number | null } {
  const flags = reader.u8()
  if (flags > 1) reader.fail('unsupported limits')
  const min = reader.u32()
  return { min, max: flags === 1 ? reader.u32() : null }
}

function valueType(reader: WasmReader): number {
  const type = reader.u8()
  return isValueType(type) ? type : reader.fail('unsupported value type')
}

function typeIndex(module: WasmModule, reader: WasmReader): number {
  const index = reader.u32()
  return index < module.types.length ? index : reader.fail('unknown type')
}

function countUpTo(reader: WasmReader, most: number): number {
  const count = reader.u32()
  return count <= most ? count : reader.fail(`more than ${most} values in a type`)
}

/** A count is trusted no further than its contents reach: reading past the end fails. */
function times<T>(count: number, read: (i: number) => T): T[] {
  const out: T[] = []
  for (let i = 0; i < count; i++) out.push(read(i))
  return out
}

function refuse(prepareError: string): never {
  throw new WasmFormatError(prepareError, prepareError)
}

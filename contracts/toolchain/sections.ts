/** A wasm module as its list of sections, taken apart and put together again. */
import { encodeU32, WasmReader } from './leb.ts'

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const

export interface Section {
  id: number
  body: Uint8Array
}

const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)

export function readSections(wasm: Uint8Array): Section[] {
  const reader = new WasmReader(wasm, HEADER.length)
  const sections: Section[] = []
  while (reader.at < wasm.length) {
    const id = reader.byte()
    const length = reader.u32()
    const start = reader.at
    reader.skip(length)
    sections.push({ id, body: wasm.subarray(start, reader.at) })
  }
  return sections
}

export function writeSections(sections: readonly Section[]): Uint8Array {
  const parts = sections.flatMap(({ id, body }) => [Uint8Array.of(id, ...encodeU32(body.length)), body])
  return Buffer.concat([HEADER, ...parts])
}

/** The module with fewer exports. What only the others used is dead code afterwards. */
export function keepExports(wasm: Uint8Array, keep: (name: string) => boolean): Uint8Array {
  const sections = readSections(wasm).map((section) => {
    if (section.id !== SECTION.export) return section
    const reader = new WasmReader(section.body)
    const entries: Uint8Array[] = []
    for (let left = reader.u32(); left > 0; left--) {
      const start = reader.at
      const name = reader.name()
      reader.byte()
      reader.u32()
      if (keep(name)) entries.push(section.body.subarray(start, reader.at))
    }
    return { id: section.id, body: Buffer.concat([Uint8Array.from(encodeU32(entries.length)), ...entries]) }
  })
  return writeSections(sections)
}

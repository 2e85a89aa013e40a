/** What page and writing worker say to each other. */
import type { GptConfig } from '../../../workers/engine/models/gpt.ts'

export const SIDES = ['before', 'after'] as const
export type Side = (typeof SIDES)[number]

export interface WriteOrder {
  config: GptConfig
  /** float32, little-endian, in the model's own order. */
  before: ArrayBuffer
  after: ArrayBuffer
  prompt: Uint8Array
  /** Bytes for each side. */
  length: number
  /** Where the runtime's module lies. */
  wasmUrl: string
}

export type WriteNews =
  | { type: 'byte'; side: Side; byte: number }
  | { type: 'done'; ms: number }
  | { type: 'failed'; what: string }

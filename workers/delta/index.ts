/** Compressed model updates: chunked top-k, error feedback, 8-bit values, one canonical encoding. */
export { type DecodeOptions, decodeDelta } from './decode.ts'
export { type EncodedDelta, encodeDelta } from './encode.ts'
export { DeltaError, UpdateError } from './errors.ts'
export { DEFAULT_DELTA, type DeltaOptions, maxDeltaBytes } from './layout.ts'

/** The one place that pins which ONNX the engine writes. Source: github.com/onnx/onnx docs/Versioning.md. */

/** Operator set written; models of 13 to 21 are read and upgraded to it (`upgrade.ts`). */
export const OPSET = 18
export const OPSET_OLDEST_READ = 13
export const OPSET_NEWEST_READ = 21

/** IR version that ONNX 1.14, the first with opset 18 and 19, writes. */
export const IR_VERSION = 9

export const PRODUCER = 'blyan'

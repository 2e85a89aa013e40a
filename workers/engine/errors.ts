/** What can go wrong in the engine, and whose move it is. */

import { BlyanError } from '../../chain/lib/errors.ts'

/** Bytes are no ONNX model that the engine can read: truncated, malformed, too large or too deep. */
export class OnnxFormatError extends BlyanError {
  static override readonly code: string = 'ENGINE_ONNX_FORMAT'
  static override readonly fault = 'user'
}

/** An operator, attribute or data type that the engine does not know. */
export class UnsupportedOpError extends BlyanError {
  static override readonly code: string = 'ENGINE_UNSUPPORTED_OP'
  static override readonly fault = 'user'
}

/** Shapes or types of a node's inputs do not fit its operator. */
export class ShapeError extends BlyanError {
  static override readonly code: string = 'ENGINE_SHAPE'
  static override readonly fault = 'user'
}

/** A gradient was asked of something that has none. */
export class NotDifferentiableError extends BlyanError {
  static override readonly code: string = 'ENGINE_NOT_DIFFERENTIABLE'
  static override readonly fault = 'user'
}

/** ONNX Runtime refused a model or failed while it ran. */
export class ExecutionError extends BlyanError {
  static override readonly code: string = 'ENGINE_EXECUTION'
  static override readonly fault = 'platform'
}

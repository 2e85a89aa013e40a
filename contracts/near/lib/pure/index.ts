/** The encoders on which contracts, workers and clients must agree; they import nothing. */
export * from './bytes.ts'
export * from './commitment.ts'
export * from './draw.ts'
export * from './lines.ts'
export * from './merkle.ts'
export * from './mmr.ts'
export * from './quote.ts'
export * from './receipt.ts'

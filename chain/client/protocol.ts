/** The encoders that contract, workers and clients share, as clients see them. */
export * from '../../contracts/near/lib/pure/index.ts'

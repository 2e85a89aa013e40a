/** The bridge for programs and pages: where it is, what became of a transfer, signatures, and calls on both chains. */
export * from './deployment.ts'
export * from './errors.ts'

/** Transcripts, audits and disputes of the canonical profile. */
export * from './audit.ts'
export * from './documents.ts'
export * from './execute.ts'
export * from './heldOut.ts'
export * from './program.ts'
export * from './publish.ts'
export * from './state.ts'
export * from './transcript.ts'

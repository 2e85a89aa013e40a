/** The gateway's interface, for whoever speaks with it. */
export * from './schema.ts'

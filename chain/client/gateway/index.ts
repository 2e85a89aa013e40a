/** The gateway's interface, for whoever speaks with it. */
export * from './bridgeSchema.ts'
export * from './schema.ts'

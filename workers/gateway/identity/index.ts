/** Who asks: signing in, tokens, keys, links, and the log of it all. */
export type { AuditCheck, AuditEntry } from './audit.ts'
export { createAudit } from './audit.ts'
export { createIdentity, type Identity, type IdentityOptions } from './createIdentity.ts'
export * from './errors.ts'
export { memoryNonces, type NonceStore } from './nonces.ts'
export { redact, redacting, redactText } from './redact.ts'
export { redisNonces } from './redisNonces.ts'
export { isRevoked, memoryRevocations, type Revocations, type Revoked, redisRevocations } from './revocations.ts'

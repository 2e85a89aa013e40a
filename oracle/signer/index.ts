/** The bridge's signer, for the command line and tests. */
export { type Approval, parseApproval, placeApproval } from './approvals.ts'
export { type ExternalKeyOptions, externalKey } from './key/externalKey.ts'
export { readKeyFile, readPrivate, sealKey, unsealKey, writeKeyFile } from './key/keyFile.ts'
export { readPassphrase } from './key/passphrase.ts'
export { localKey, type SigningKey } from './key/signingKey.ts'
export { openLog } from './log.ts'
export { type RunningSigner, type SignerOptions, startSigner } from './start.ts'

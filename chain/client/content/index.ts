/** Content addresses. */
export { fileCid, modelCid, rawCid } from './cid.ts'

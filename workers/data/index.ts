/** Training text, test sets drawn from it, and their sealing. What a page needs of it too lies in chain/client/heldOut. */

export * from '../../chain/client/heldOut/index.ts'
export { type DefaultData, loadDefaultData } from './defaultData.ts'
export { DataFileError } from './errors.ts'
export { type DataFile, LICENCES, type Manifest, manifestSchema, readManifest } from './manifest.ts'

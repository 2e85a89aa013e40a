/** Training text, test sets drawn from it, and their sealing. */
export { type DefaultData, loadDefaultData, type TrainingText } from './defaultData.ts'
export { drawHeldOut, type HeldOutOptions, type HeldOutSets } from './drawHeldOut.ts'
export { DataFileError, DataTextError, HeldOutError } from './errors.ts'
export { type DataFile, LICENCES, type Manifest, manifestSchema, readManifest } from './manifest.ts'
export { splitOwnText } from './ownText.ts'
export { openHeldOut, plaintextRoot, type SealedHeldOut, type SealedSet, sealHeldOut } from './sealed.ts'

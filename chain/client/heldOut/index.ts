/** A requester's text, split, and its test sets, drawn and sealed: the same bytes in Node and in browsers. */
export { drawHeldOut, type HeldOutOptions, type HeldOutSets } from './drawHeldOut.ts'
export { DataTextError, HeldOutError } from './errors.ts'
export { openHeldOut, plaintextRoot, type SealedHeldOut, type SealedSet, sealHeldOut } from './sealed.ts'
export { LEAST_BYTES, splitOwnText, type TrainingText } from './splitText.ts'

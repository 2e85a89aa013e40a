/** Where a test may kill the signer. */
import { crashPointsOf } from '../crashPoints.ts'

export const CRASH_POINTS = ['after-observe', 'after-journal', 'after-sign', 'before-serve'] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

export const crashPoint = crashPointsOf(CRASH_POINTS)

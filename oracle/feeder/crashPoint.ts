/** Where a test may kill the feeder. It keeps nothing on disk but its log, so a new process begins with a round. */
import { crashPointsOf } from '../crashPoints.ts'

/** In a round: the sources agree · the chain took the report · the oracle was looked at; and while a failed round is waited out. */
export const CRASH_POINTS = ['after-read', 'after-report', 'after-look', 'backing-off'] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

export const crashPoint = crashPointsOf(CRASH_POINTS)

/** Where a test may kill the relayer. */
import { crashPointsOf } from '../crashPoints.ts'

export const CRASH_POINTS = ['before-submit', 'after-submit', 'after-inclusion', 'before-record'] as const

export const crashPoint = crashPointsOf(CRASH_POINTS)

/** An amount of BLY that somebody typed, with the sentence that refuses it. */
import { BLY_DECIMALS, parseUnits } from '../../../../chain/lib/units.ts'

export type TypedAmount = { atto: bigint; problem: null } | { atto: null; problem: string | null }

/** @param text such as `12.5`; empty is no amount and no mistake yet */
export function typedAmount(text: string): TypedAmount {
  const clean = text.replaceAll(/[\s\u202f]/g, '')
  if (clean === '') return { atto: null, problem: null }
  // A comma is thousands to some and a point to others: what is meant must not be guessed.
  if (/[,_]/.test(clean)) return { atto: null, problem: 'Write a point before decimals and nothing between thousands.' }
  try {
    const atto = parseUnits(clean, BLY_DECIMALS)
    return atto === 0n ? { atto: null, problem: 'Write more than nothing.' } : { atto, problem: null }
  } catch {
    return { atto: null, problem: 'Write an amount of BLY, such as 100 or 12.5.' }
  }
}

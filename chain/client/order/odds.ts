/** Chances that false work is found. */

export interface Odds {
  /** Share of the samples that were faked, 0 to 1. */
  readonly faked: number
  /** Share of all seats that are hostile, 0 to 1. */
  readonly hostile: number
  readonly validators: number
  /** Samples that each validator does again. */
  readonly samples: number
}

/** p = 1 − (a + (1 − a)(1 − f)^s)^v. @source docs/protocol.md §4  @example caughtChance({ faked: 0.1, hostile: 1 / 3, validators: 3, samples: 4 }) // 0.54 */
export function caughtChance({ faked, hostile, validators, samples }: Odds): number {
  return 1 - (hostile + (1 - hostile) * (1 - faked) ** samples) ** validators
}

/** What an explanation is made from, and what it says. Amounts are attoBLY, times ms. */

/** A task as far as money goes; from the market's get_task. */
export interface TaskFacts {
  id: string
  requester: string
  state: string
  reason: string | null
  /** For one trainer and round. */
  pay: bigint
  trainerBond: bigint
  validatorBond: bigint
  validatorFee: bigint
  juryFee: bigint
  crankBounty: bigint
  /** Samples that one validator redoes in one hand-in. */
  samples: number
  bounty: bigint
  escrow: bigint
  spent: Readonly<Record<string, bigint>>
  vestAt: number | null
  vested: boolean
}

/** What the market's views say that the account has, at the height up to which events were read. */
export interface Balances {
  payable: bigint
  locked: bigint
  paying: bigint
  stake: bigint
  unbonding: bigint
}

export interface Evidence {
  tx: string
  height: number
  at: number
  dispute?: string
  /** Place in the list of receipts. */
  receipt?: number
}

export type Figures = Readonly<Record<string, string | number | null>>

export interface WhyLine {
  task: string | null
  /** From 0. */
  round: number | null
  /** The contract's own code. */
  reason: string
  /** Earned or not earned, lost from stake, or only moved. */
  kind: 'pay' | 'loss' | 'move'
  what: string
  rule: string
  figures: Figures
  deltaAtto: bigint
  bucket: 'locked' | 'payable' | 'paying' | 'stake' | null
  evidence: Evidence
  /** Whether the rule, computed here, gives this amount; null where it has no figures to compute from. */
  recomputed: boolean | null
}

/** A draw that passed the account by. */
export interface PassedOver {
  task: string
  round: number
  role: 'trainer' | 'validator'
  reason: 'PARKED' | 'STAKE_FREE_TOO_LOW' | 'SPARE' | 'LOT'
  what: string
  /** attoBLY: stake that no bond held, and the bond that was needed. */
  free: bigint
  bond: bigint
  evidence: Evidence
}

/** Where a task's money went, for who ordered it. */
export interface Order {
  task: string
  state: string
  reason: string | null
  bounty: bigint
  spent: Readonly<Record<string, bigint>>
  returned: bigint
  /** Shared among trainers to whom the data was not served. */
  declined: bigint
  /** Still set aside. */
  open: bigint
  agrees: boolean
}

export interface Why {
  account: string
  task: string | null
  sentence: string
  lines: WhyLine[]
  earned: bigint
  lost: bigint
  balances: Balances
  /** Sums of the events by bucket, over all tasks. */
  summed: Balances
  /** Every bucket of the ledger, and stake with what unbonds, equals the sum of its events, and each rule its amount. */
  agrees: boolean
  /** What does not agree, in sentences. */
  differences: string[]
  orders: Order[]
  drawn: number
  passedOver: PassedOver[]
}

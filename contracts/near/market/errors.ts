/** Every way in which the market refuses a call: code, and what the caller can do about it. */
import { type ErrorTable, SHARED_ERRORS } from '../lib/errors.ts'

export { ensure, fail } from '../lib/errors.ts'

export const MARKET_ERRORS = {
  ...SHARED_ERRORS,
  MARKET_ALREADY_INITIALIZED: { fix: 'The contract is set up once; nothing is left to do.' },
  MARKET_NOT_INITIALIZED: { fix: 'Call `init` with the token account first.' },
  MARKET_TOKEN_WRONG: { fix: 'Send BLY by ft_transfer_call of the configured token.' },
  MARKET_MESSAGE_INVALID: { fix: 'Send {"stake": {...}} or {"task": {...}} as the message.' },
  MARKET_SPEC_INVALID: { fix: 'Correct the named field of the task.' },
  MARKET_POOL_TOO_SMALL: { fix: 'Set small_pool, or ask for fewer workers or less certainty.' },
  MARKET_NODE_UNKNOWN: { fix: 'Stake first: ft_transfer_call to the market with {"stake": {"roles": [...]}}.' },
  MARKET_NODE_FIXED: { fix: 'Top up with {"stake": {}}; roles change only after all stake is withdrawn.' },
  MARKET_STAKE_TOO_LOW: { fix: 'Stake at least one seat.' },
  MARKET_STAKE_LOCKED: { fix: 'Wait until the bonds of running rounds are released, or ask for less.' },
  MARKET_NOTHING_TO_WITHDRAW: { fix: 'Wait for the unbonding period to end.' },
  MARKET_UNBONDING_FULL: { fix: 'Withdraw what has matured, then unstake again.' },
  MARKET_TASK_UNKNOWN: { fix: 'Check the task id with get_tasks.' },
  MARKET_TASK_CLOSED: { fix: 'A task is cancelled only while it is Pending, before any round was settled.' },
  MARKET_NOT_REQUESTER: { fix: 'Sign as the account that created the task.' },
  MARKET_ROUND_UNKNOWN: { fix: 'Check the round with get_task.' },
  MARKET_PHASE_WRONG: { fix: 'Read get_round: each call has its own phase and window.' },
  MARKET_SEAT_NONE: { fix: 'Only drawn operators act; see get_round for who was drawn.' },
  MARKET_SEAT_DONE: { fix: 'This seat has already acted; nothing is left to do in this phase.' },
  MARKET_COMMITMENT_WRONG: { fix: 'Reveal exactly what was committed, with the same salt.' },
  MARKET_BASE_WRONG: { fix: 'Start from the base that the round prescribes.' },
  MARKET_START_WRONG: { fix: 'Start from your last merged state of this task, or from the zero state.' },
  MARKET_PROOF_WRONG: { fix: 'Prove the hash against the committed root, with its index and size.' },
  MARKET_VERDICTS_WRONG: { fix: 'Give one verdict for each revealed submission, in ascending order.' },
  MARKET_LEAVES_WRONG: { fix: 'Open exactly the leaves that get_round names in `answer`.' },
  MARKET_KEY_WRONG: { fix: 'Open the key whose SHA-256 is the stored head of the chain.' },
  MARKET_DISPUTE_UNKNOWN: { fix: 'Check the dispute id in get_round.' },
  MARKET_NOTHING_TO_CLAIM: { fix: 'Nothing is payable; locked pay vests when its task does.' },
  MARKET_CLAIM_IN_FLIGHT: { fix: 'Wait until the running payment has been answered.' },
  MARKET_NOTHING_TO_BURN: { fix: 'Nothing is pending; try again after a task has settled.' },
  MARKET_ESCROW_SHORT: { fix: 'This cannot happen; report it with the transaction.' },
} as const satisfies ErrorTable

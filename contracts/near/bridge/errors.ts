/** Every way in which the bridge refuses a call: code, and what the caller can do about it. */
import { type ErrorTable, SHARED_ERRORS } from '../lib/errors.ts'

export { ensure, fail } from '../lib/errors.ts'

export const BRIDGE_ERRORS = {
  ...SHARED_ERRORS,
  BRIDGE_INITIALISED: { fix: 'The bridge is set up once; deploy another for other settings.' },
  BRIDGE_NOT_INITIALISED: { fix: 'Call init with the deployment first.' },
  BRIDGE_CONFIG_INVALID: { fix: 'Correct the named setting.' },
  BRIDGE_MESSAGE_INVALID: { fix: 'Send {"lock":{"receiver":"0x…"}} as the message, with one EVM address.' },
  BRIDGE_RECEIVER_INVALID: {
    fix: 'Pass an EVM address in one case or with its EIP-55 checksum right, and not the bridge.',
  },
  BRIDGE_AMOUNT_OUT_OF_BOUNDS: { fix: 'Stay between min_amount and max_amount of limits; split a larger amount.' },
  BRIDGE_PAUSED: { fix: 'Wait until paused_until_ms of status.' },
  BRIDGE_NOT_PAUSED: { fix: 'Nothing is paused; there is nothing to end.' },
  BRIDGE_PAUSE_USED: { fix: 'The guardian pauses once; collect k signatures for pause_with.' },
  BRIDGE_PAUSE_WRONG: { fix: 'Sign Pause with the number of pauses so far, as status shows it.' },
  BRIDGE_EPOCH_WRONG: { fix: 'Have the payload signed by the active signers; status shows their epoch.' },
  BRIDGE_SIGNATURE_INVALID: { fix: 'Pass r, s and v as 65 bytes of hex, v 27 or 28, s in the lower half.' },
  BRIDGE_SIGNATURES_UNSORTED: { fix: 'Order the signatures by their signers’ addresses, each signer once.' },
  BRIDGE_SIGNATURES_TOO_FEW: { fix: 'Collect at least k signatures of the active signers.' },
  BRIDGE_SIGNER_UNKNOWN: { fix: 'Pass signatures of this very payload by the signers of its epoch alone.' },
  BRIDGE_NONCE_USED: { fix: 'This transfer was accepted already; read it with transfer.' },
  BRIDGE_NONCE_UNKNOWN: { fix: 'Check direction and nonce with transfer.' },
  BRIDGE_STATE_WRONG: { fix: 'Read the transfer’s state with transfer; this call is for another one.' },
  BRIDGE_UNBACKED: { fix: 'Do not retry: signatures claim more BLY than is locked. Tell the guardian.' },
  BRIDGE_TOO_EARLY: { fix: 'Wait until ready_at_ms of the transfer.' },
  BRIDGE_DEPOSIT_TOO_LOW: { fix: 'Attach payout_deposit of limits.' },
  BRIDGE_NO_CREDIT: { fix: 'Nothing is owed to this account; read credit.' },
  BRIDGE_SIGNERS_INVALID: {
    fix: 'Give 1 to 32 distinct addresses in ascending order, none zero, and k above half of them.',
  },
  BRIDGE_ROTATION_PENDING: { fix: 'Wait until the next epoch begins, or have the guardian veto it.' },
  BRIDGE_ROTATION_EARLY: { fix: 'Set valid_from at least rotation_delay_s from now.' },
  BRIDGE_ROTATION_VETOED: { fix: 'This rotation was refused for ever; sign another one.' },
  BRIDGE_ROTATION_NONE: { fix: 'No rotation waits; there is nothing to veto.' },
} as const satisfies ErrorTable

/** From what a person orders to all that a task is: sizes, windows, price, nonce. The same in page, SDK and gateway. */
import { bytesToHex, hexToBytes, utf8ToBytes } from '../../lib/bytes.ts'
import { InvalidArgumentError } from '../../lib/errors.ts'
import { sha256 } from '../../lib/hash.ts'
import type { TaskOrderBody } from '../gateway/index.ts'
import { certaintyRow, type Quote, quoteTask } from '../protocol.ts'
import type { TaskChoice } from './documents.ts'
import { heldOutBps, MODEL_SIZES } from './sizes.ts'
import { EMBEDDED_WINDOWS, PRODUCTION_WINDOWS } from './windows.ts'

/** What the market pays for one call that moved a task on, unless its configuration says otherwise, attoBLY. */
export const CRANK_BOUNTY = 20_000_000_000_000_000n // 0.02 BLY: contracts/near/market/config.ts

/**
 * @param head of the order's key chain; its hash is the order's nonce, so that one sealed order makes one task
 * @throws InvalidArgumentError when the parts do not fit together
 */
export function choiceOf(order: TaskOrderBody, { embedded, head }: { embedded: boolean; head: string }): TaskChoice {
  const { rounds, workers, steps, segments } = order
  if (steps < 2 * segments) {
    throw new InvalidArgumentError({
      what: `${steps} steps cannot be cut into ${segments} samples: each needs two steps.`,
      fix: `Order at least ${2 * segments} steps, or at most ${Math.floor(steps / 2)} samples.`,
      data: { field: 'steps' },
    })
  }
  const size = MODEL_SIZES[order.model]
  const { config, batch, peakRate, keepBps } = size
  return {
    model: config,
    modelSeed: order.seed.padStart(64, '0'),
    rounds,
    workers,
    steps,
    batch,
    segments,
    peakRate,
    warmup: Math.min(size.warmup, Math.floor((rounds * steps) / 4)),
    keepBps,
    certainty: order.certainty,
    payAtto: BigInt(order.payAtto),
    smallPool: order.smallPool,
    class: order.class,
    heldOutBps: heldOutBps({ workers, steps, size }),
    windows: embedded ? EMBEDDED_WINDOWS : PRODUCTION_WINDOWS,
    nonce: nonceOf(head),
  }
}

/** 64 bits of a hash of the key chain's head. */
export function nonceOf(head: string): bigint {
  return BigInt(`0x${bytesToHex(sha256(utf8ToBytes('blyan/order/'), hexToBytes(head)).subarray(0, 8))}`)
}

/** The market's price, computed here. @param crankBounty as `get_config` shows it, attoBLY */
export function priceOf(
  choice: TaskChoice,
  crankBounty: bigint = CRANK_BOUNTY,
): Quote & { validators: number; samples: number } {
  const row = certaintyRow(choice.certainty, choice.validators, choice.samples)
  if (row === null) throw new TypeError(`certainty ${choice.certainty} has no such row`)
  const { payAtto: pay, workers, rounds, segments, heldOutBps: heldoutBps } = choice
  const quote = quoteTask({ pay, workers, rounds, row, segments, heldoutBps, crankBounty })
  return { ...quote, validators: row.validators, samples: row.samples }
}

/** yoctoNEAR that the market locks of the requester's storage balance while the task lasts. Source: contracts/near/market/accounts.ts */
export function storageOf(
  { workers, rounds, segments }: TaskChoice,
  row: { validators: number; samples: number },
): bigint {
  const { validators, samples } = row
  const leaves = Math.min(segments, validators * samples)
  const trainer = 3_600 + leaves * (70 + 20)
  const validator = 900 + workers * (150 + samples * 70)
  const jury = (2 * validators + 1) * 350 + 900
  const bytes = 4_000 + rounds * (1_000 + workers * trainer + validators * validator + jury)
  return BigInt(bytes) * 10n ** 19n
}

/** What a receipt says, from its checked bytes alone, in words. */
import type { Receipt } from '../../../../chain/client/protocol.ts'
import { bits } from '../../../../chain/client/why/text.ts'

export const receiptTitle = (receipt: Receipt, reward: string): string =>
  `${receipt.worker} was paid ${reward} BLY for round ${receipt.round + 1} of task ${receipt.task}.`

export function receiptFacts(receipt: Receipt): { words: string; value: string }[] {
  const { validators, samples, certainty, pool, smallPool, gain, profile, settledAt } = receipt
  return [
    {
      words: 'checked',
      value: `${samples} samples by each of ${validators} ${validators === 1 ? 'validator' : 'validators'}`,
    },
    { words: 'certainty', value: `${certainty} %` },
    { words: 'drawn from', value: `${pool} operators${smallPool ? ', small pool' : ''}` },
    { words: 'help', value: gain === null ? 'not measured' : `${bits(BigInt(gain))} bits per byte` },
    { words: 'computed', value: profile === 'canonical' ? 'in the runtime that checks to the last bit' : 'natively' },
    {
      words: 'settled',
      value: new Date(settledAt).toISOString().replace('T', ' ').replace('.000Z', ' UTC').replace('Z', ' UTC'),
    },
  ]
}

/** Bytes as rows of 16 with their offsets. */
export function hexRows(bytes: Uint8Array): string {
  const rows = []
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, '0'))
    rows.push(`${String(at).padStart(4, '0')}  ${part.join(' ')}`)
  }
  return rows.join('\n')
}

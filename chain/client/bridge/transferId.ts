/** Names of transfers, the same on every page and command: direction and number on the chain where the money left. */
import { DIRECTIONS, type Direction } from '../protocol.ts'
import { TransferIdInvalidError } from './errors.ts'

/** `near-evm:7` is the eighth transfer from NEAR to EVM. */
export type TransferId = `${Direction}:${string}`

const U64_MAX = 2n ** 64n - 1n

export const transferId = (direction: Direction, nonce: bigint): TransferId => `${direction}:${nonce}`

/** @throws TransferIdInvalidError */
export function parseTransferId(text: string): { direction: Direction; nonce: bigint } {
  const [, way, digits] = /^(near-evm|evm-near):(0|[1-9]\d{0,19})$/.exec(text) ?? []
  const nonce = BigInt(digits ?? 0)
  if (way !== undefined && nonce <= U64_MAX) return { direction: way as Direction, nonce }
  throw new TransferIdInvalidError({
    what: `${JSON.stringify(text.slice(0, 60))} names no transfer.`,
    fix: `Write ${DIRECTIONS.map((each) => `${each}:NUMBER`).join(' or ')}, as \`blyan bridge send\` printed it.`,
    data: { field: 'ID' },
  })
}

/**
 * Prices handed to another contract in a call. The oracle has written nothing before and reads nothing after: whatever the
 * receiver does, it does with its own gas and its own answer.
 */
import { requireGas, requireOneYocto } from '../lib/access.ts'
import type { Host } from '../lib/host.ts'
import { GAS_FOR_ORACLE_CALL } from './gas.ts'
import { getPriceData, type PriceData } from './priceData.ts'

export interface OracleCallPlan {
  receiver: string
  args: { sender_id: string; data: PriceData; msg: string }
}

/** @throws DEPOSIT_ONE_YOCTO GAS_TOO_LOW */
export function oracleCall(
  host: Host,
  { receiver_id, asset_ids, msg }: { receiver_id: string; asset_ids?: readonly string[]; msg: string },
): OracleCallPlan {
  requireOneYocto(host)
  requireGas(host, GAS_FOR_ORACLE_CALL)
  return { receiver: receiver_id, args: { sender_id: host.predecessor(), data: getPriceData(host, asset_ids), msg } }
}

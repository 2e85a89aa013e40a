/** What the commands that move money share: amounts as typed, ceilings, and calls whose success is the ledger's event. */
import type { CallResult } from '../../chain/client/near/index.ts'
import type { MarketContract } from '../../chain/client/near/market.gen.ts'
import { BlyanError } from '../../chain/lib/errors.ts'
import { formatNear, InvalidAmountError, parseBly, tgas } from '../../chain/lib/units.ts'
import { showBly } from './amount.ts'
import { UsageError } from './errors.ts'
import type { Session } from './session.ts'

/** A call was executed, but the ledger's event that makes it true did not come. */
export class NoSuchEventError extends BlyanError {
  static override readonly code: string = 'CLI_EVENT_MISSING'
}

/** An amount of BLY as a person types it. @throws UsageError naming `field` */
export function amountOf(text: string, field: string): bigint {
  try {
    const atto = parseBly(text)
    if (atto > 0n) return atto
  } catch (error) {
    if (!(error instanceof InvalidAmountError)) throw error
  }
  throw new UsageError({
    what: `${field} is ${JSON.stringify(text.slice(0, 40))}; an amount of BLY above zero is needed.`,
    fix: 'Write digits with an optional point, such as 200 or 12.50.',
    data: { field },
  })
}

/** Refuses before anything is sent. @throws UsageError with `data.field` max */
export function requireCeiling(amount: bigint, max: bigint | undefined, what: string): void {
  if (max === undefined || amount <= max) return
  throw new UsageError({
    what: `${what} ${showBly(amount, { as: 'cost' })} BLY; --max is ${showBly(max)} BLY.`,
    fix: `Raise the ceiling: --max ${showBly(amount, { as: 'cost' }).replaceAll(',', '')}, or ask for less.`,
    data: { field: 'max' },
  })
}

/** The market's share of a transfer call: it registers an operator or takes a task in. */
const TRANSFER_CALL_GAS = tgas(100)

/** BLY to the market with a message. @returns the result; `value` is what the market kept */
export function sendBly({ bly, ids }: Session, atto: bigint, message: object): Promise<CallResult<string>> {
  const args = { receiver_id: ids.market, amount: `${atto}`, msg: JSON.stringify(message) }
  return bly.ft_transfer_call(args, { gas: TRANSFER_CALL_GAS, failOnAnyReceipt: true })
}

type Registrar = Pick<MarketContract, 'storage_balance_of' | 'storage_balance_bounds' | 'storage_deposit'>

/** A contract that does not know the account yet, and what registering costs. */
interface MissingStorage {
  contract: Registrar
  yocto: bigint
}

/** Contracts where the account has no storage yet. */
export async function missingStorage({ bly, market, account }: Session): Promise<MissingStorage[]> {
  const missing: MissingStorage[] = []
  for (const contract of [bly, market] as Registrar[]) {
    if ((await contract.storage_balance_of({ account_id: account })) !== null) continue
    const { min } = await contract.storage_balance_bounds()
    missing.push({ contract, yocto: BigInt(min) })
  }
  return missing
}

export async function payStorage(missing: readonly MissingStorage[]): Promise<void> {
  for (const { contract, yocto } of missing) await contract.storage_deposit({}, { deposit: yocto })
}

/** NEAR as people read it: `about 0.012 NEAR`. */
export const aboutNear = (yocto: bigint): string =>
  `about ${Number(formatNear(yocto))
    .toPrecision(2)
    .replace(/\.?0+$/, '')} NEAR`

/** The entry of an event for this account. @throws NoSuchEventError: what the chain did not log did not happen */
export function requireEvent<T extends object>(result: CallResult<unknown>, event: string, account: string): T {
  const found = result.events
    .filter((each) => each.event === event)
    .flatMap(({ data }) => data as (T & { account?: string })[])
    .find((each) => each.account === account)
  if (found !== undefined) return found
  throw new NoSuchEventError({
    what: `Transaction ${result.txHash} was executed, but the contract did not log ${event} for ${account}.`,
    fix: `See ./blyan why ${account}`,
    data: { tx: result.txHash, event },
  })
}

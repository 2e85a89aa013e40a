/** The contracts that runtime and node tests deploy: a store, and one that asks others and waits for them. */
import { utf8ToBytes } from '../../../../chain/lib/bytes.ts'
import { TGAS } from '../../../../chain/lib/units.ts'
import { call, type Methods, scriptedContracts } from './scriptedContract.ts'

const store: Methods = {
  set: ({ args, write, log, give }) => {
    write('value', String(args.value))
    log(
      `EVENT_JSON:${JSON.stringify({ standard: 'store', version: '1.0.0', event: 'value_set', data: [{ value: args.value }] })}`,
    )
    give(args.value)
  },
  get: ({ read, give }) => give(read('value')),
  setThenPanic: ({ write }) => {
    write('value', 'never')
    throw new Error('STORE_CLOSED: the store is closed; open it first')
  },
  keep: ({ context, give }) => give(context.attachedDeposit.toString()),
}

const asker: Methods = {
  /** Calls `method` of `contract`, then itself with the result. */
  ask: ({ args, context, promise, giveReceipt }) => {
    const { contract, method, value, deposit } = args as unknown as Record<string, string>
    const asked = promise(contract!, [
      call(method!, { value }, { gas: 5n * TGAS, deposit: deposit === undefined ? 0n : BigInt(deposit) }),
    ])
    giveReceipt(promise(context.currentAccountId, [call('answered', {}, { gas: 5n * TGAS })], [asked]))
  },
  answered: ({ results, give, context }) => give({ results: results(), predecessor: context.predecessorAccountId }),
  /** Asks two at once, and waits for both: promise_and. */
  askBoth: ({ args, context, promise, giveReceipt }) => {
    const { first, second } = args as unknown as Record<string, string>
    const a = promise(first!, [call('set', { value: 'a' }, { gas: 5n * TGAS })])
    const b = promise(second!, [call('setThenPanic', {}, { gas: 5n * TGAS })])
    giveReceipt(promise(context.currentAccountId, [call('answered', {}, { gas: 5n * TGAS })], [a, b]))
  },
  /** Hands its caller's wait on: the result is another contract's. */
  forward: ({ args, promise, giveReceipt }) => {
    giveReceipt(promise(String(args.contract), [call('set', { value: 'forwarded' }, { gas: 5n * TGAS })]))
  },
  pay: ({ args, promise }) => {
    promise(String(args.to), [{ kind: 'transfer', deposit: BigInt(String(args.amount)) }])
  },
}

export const STORE = utf8ToBytes('store')
export const ASKER = utf8ToBytes('asker')
export const runContract = scriptedContracts({ store, asker })

/** A chain in the test's own process: instant blocks, time in the test's hand, a caller for each account. */

import { isSubAccountOf } from '../lib/accountId.ts'
import type { AccessKey, Action } from '../lib/action.ts'
import { encodeAccessKey } from '../lib/action.ts'
import { base58ToBytes, utf8ToBytes } from '../lib/bytes.ts'
import { type ContractError, contractErrorOf } from '../lib/contractError.ts'
import { BlyanError, type Fault } from '../lib/errors.ts'
import { cryptoHash } from '../lib/hash.ts'
import { type KeyPair, keyPairFromPhrase } from '../lib/key.ts'
import { eventsIn, type Nep297Event } from '../lib/nep297.ts'
import { signTransaction } from '../lib/transaction.ts'
import { gasToTGas, ONE_NEAR, TGAS } from '../lib/units.ts'
import { type Account, accessKeyKey, accountKey, encodeAccount, newAccount } from '../runtime/account.ts'
import type { RuntimeDeps } from '../runtime/context.ts'
import type { Outcome } from '../runtime/outcome.ts'
import { getAccessKey, getAccount } from '../runtime/state.ts'
import { runContract as runWasm } from '../vm/index.ts'
import { Chain } from './chain.ts'
import { type ManualClock, manualClock } from './clock.ts'
import { DEFAULT_CHAIN_ID, DEFAULT_PROTOCOL_VERSION, ROOT_ACCOUNT, ROOT_BALANCE } from './genesis.ts'
import { signNatively, verifyNatively } from './nativeKeys.ts'
import { answer } from './rpc/server.ts'
import type { TransactionResult } from './transactionStatus.ts'
import { viewCall } from './viewCall.ts'

/** An action failed for another reason than a panic; `data.kind` is nearcore's ActionErrorKind. */
export class TestActionError extends BlyanError {
  static override readonly code: string = 'CHAIN_ACTION_FAILED'
  static override readonly fault: Fault = 'user'
}

export interface TestChainOptions {
  /** Seeds keys and randomness: the same seed gives the same chain to the byte. */
  seed?: string
  /** Milliseconds since the Unix epoch at genesis. */
  now?: number
  /** Keeps the chain on disk. */
  dir?: string
  /** Another VM, for tests of the runtime alone. */
  runContract?: RuntimeDeps['runContract']
  protocolVersion?: number
  chainId?: string
}

/** As chain/client's CallResult; `outcomes` shows every step for a test's own questions. */
export interface TestCallResult<T> {
  value: T
  txHash: string
  gasBurntTGas: number
  logs: string[]
  events: Nep297Event[]
  failures: ContractError[]
  outcomes: Outcome[]
}

export interface TestCallOptions {
  /** Gas units; default 300 TGas. */
  gas?: bigint
  /** yoctoNEAR; default none. */
  deposit?: bigint
  failOnAnyReceipt?: boolean
}

/** Fits chain/client's NearCaller. */
export interface TestAccount {
  readonly accountId: string
  readonly keys: KeyPair
  view<T>(contractId: string, method: string, args: object): Promise<T>
  call<T>(contractId: string, method: string, args: object, options?: TestCallOptions): Promise<TestCallResult<T>>
  send<T>(
    receiverId: string,
    actions: Action[],
    options?: Pick<TestCallOptions, 'failOnAnyReceipt'>,
  ): Promise<TestCallResult<T>>
  deploy(code: Uint8Array, init?: { method: string; args: object } & TestCallOptions): Promise<TestCallResult<unknown>>
  transfer(receiverId: string, amountYocto: bigint): Promise<TestCallResult<null>>
  addKey(publicKey: string, permission: AccessKey['permission']): Promise<TestCallResult<null>>
  /** The same account signing with another of its keys. */
  withKey(keys: KeyPair): TestAccount
  /** The account's record as of now, or null. */
  state(): Account | null
}

export interface NearTestChain {
  readonly chain: Chain
  readonly root: TestAccount
  /** An account by name; its key comes from the seed. It need not exist yet. */
  account(accountId: string): TestAccount
  /** Makes an account with that key: by a transaction below `test.near`, by a state patch for any other name. */
  createAccount(accountId: string, balanceYocto?: bigint): Promise<TestAccount>
  now(): number
  advance(ms: number): Promise<void>
  mine(blocks?: number): Promise<void>
  /** JSON-RPC without HTTP. @returns the `result`  @throws the error object as it would be sent */
  rpc(method: string, params: unknown): Promise<unknown>
  close(): Promise<void>
}

export async function createTestChain(options: TestChainOptions = {}): Promise<NearTestChain> {
  const { seed = 'test', now = Date.UTC(2026, 0, 1), dir, runContract = runWasm } = options
  const keysOf = (accountId: string) => keyPairFromPhrase(`${seed}/${accountId}`)
  const clock: ManualClock = manualClock(now)
  const genesis = {
    chainId: options.chainId ?? DEFAULT_CHAIN_ID,
    protocolVersion: options.protocolVersion ?? DEFAULT_PROTOCOL_VERSION,
    timeMs: now,
    seed,
    accounts: [{ accountId: ROOT_ACCOUNT, balance: ROOT_BALANCE, publicKeys: [keysOf(ROOT_ACCOUNT).publicKey] }],
  }
  const chain = await Chain.open({ genesis, deps: { runContract, verify: verifyNatively }, clock, dir })
  const account = (accountId: string) => testAccount(chain, accountId, keysOf(accountId))
  const root = account(ROOT_ACCOUNT)
  return {
    chain,
    root,
    account,
    async createAccount(accountId, balanceYocto = 100n * ONE_NEAR) {
      const created = account(accountId)
      if (isSubAccountOf(accountId, ROOT_ACCOUNT)) {
        await root.send(accountId, [
          { kind: 'createAccount' },
          { kind: 'transfer', deposit: balanceYocto },
          { kind: 'addKey', publicKey: created.keys.publicKey, accessKey: { nonce: 0n, permission: null } },
        ])
      } else {
        await chain.patchState(
          new Map([
            [accountKey(accountId), encodeAccount(newAccount(balanceYocto, 182n))],
            [accessKeyKey(accountId, created.keys.publicKey), encodeAccessKey({ nonce: 0n, permission: null })],
          ]),
        )
      }
      return created
    },
    now: () => chain.now(),
    async advance(ms) {
      clock.advance(ms)
      await chain.mineBlocks()
    },
    mine: (blocks) => chain.mineBlocks(blocks),
    async rpc(method, params) {
      const reply = (await answer(chain, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))) as {
        result?: unknown
        error?: unknown
      }
      if (reply.error !== undefined) throw reply.error
      return reply.result
    },
    close: () => chain.close(),
  }
}

function testAccount(chain: Chain, accountId: string, keys: KeyPair): TestAccount {
  let turn: Promise<unknown> = Promise.resolve()

  async function sendNow(receiverId: string, actions: Action[]): Promise<TransactionResult> {
    const { ledger } = chain
    const key = getAccessKey(ledger.state, accountId, keys.publicKey)
    const { signed } = signTransaction(
      {
        signerId: accountId,
        publicKey: keys.publicKey,
        nonce: (key?.nonce ?? 0n) + 1n,
        receiverId,
        actions,
        blockHash: base58ToBytes(ledger.head.header.hash),
      },
      keys.secretKey,
      signNatively,
    )
    return (await chain.send(signed, 'FINAL'))!
  }

  const self: TestAccount = {
    accountId,
    keys,
    async view<T>(contractId: string, method: string, args: object) {
      const { head } = chain.ledger
      const state = chain.ledger.stateAt(head.header.height)!
      const result = viewCall(chain, state, head, contractId, method, utf8ToBytes(JSON.stringify(args)))
      if (!result.ok) throw contractErrorOf(executionText(result.error) ?? result.text, { contractId, method })
      return decodeValue(result.value) as T
    },
    call: (contractId, method, args, { gas = 300n * TGAS, deposit = 0n, failOnAnyReceipt } = {}) =>
      self.send(contractId, [functionCall(method, args, gas, deposit)], { failOnAnyReceipt }),
    async send<T>(receiverId: string, actions: Action[], { failOnAnyReceipt = false } = {}) {
      const sent = turn.then(() => sendNow(receiverId, actions))
      turn = sent.catch(() => undefined)
      return readResult<T>(await sent, failOnAnyReceipt)
    },
    deploy(code, init) {
      const actions: Action[] = [{ kind: 'deployContract', code }]
      if (init) actions.push(functionCall(init.method, init.args, init.gas ?? 300n * TGAS, init.deposit ?? 0n))
      return self.send(accountId, actions)
    },
    transfer: (receiverId, amountYocto) => self.send(receiverId, [{ kind: 'transfer', deposit: amountYocto }]),
    addKey: (publicKey, permission) =>
      self.send(accountId, [{ kind: 'addKey', publicKey, accessKey: { nonce: 0n, permission } }]),
    withKey: (other) => testAccount(chain, accountId, other),
    state: () => getAccount(chain.ledger.state, accountId),
  }
  return self
}

function readResult<T>(result: TransactionResult, failOnAny: boolean): TestCallResult<T> {
  const outcomes = [result.transactionOutcome, ...result.receiptOutcomes].map(({ outcome }) => outcome)
  const txHash = result.transaction.id
  const failed = outcomes.filter(({ status }) => status.kind === 'failure')
  const errors = failed.map((outcome) => errorOf(outcome, txHash))
  if (result.final?.kind === 'failure') {
    throw errors[failed.findIndex(({ status }) => status === result.final)] ?? errors[0]
  }
  if (failOnAny && errors.length > 0) throw errors[0]
  return {
    value: (result.final?.kind === 'value' ? decodeValue(result.final.value) : null) as T,
    txHash,
    gasBurntTGas: gasToTGas(outcomes.reduce((sum, { gasBurnt }) => sum + gasBurnt, 0n)),
    logs: outcomes.flatMap(({ logs }) => logs),
    events: outcomes.flatMap(({ logs, status }) => (status.kind === 'failure' ? [] : eventsIn(logs))),
    failures: errors as ContractError[],
    outcomes,
  }
}

function errorOf({ status, executorId, id }: Outcome, txHash: string): BlyanError {
  const error = status.kind === 'failure' && 'ActionError' in status.error ? status.error.ActionError : null
  const call = (error?.kind as { FunctionCallError?: unknown } | undefined)?.FunctionCallError
  const text = executionText(call)
  const place = { contractId: executorId, txHash, receiptId: id }
  if (text !== null) return contractErrorOf(text, place)
  return new TestActionError({
    what: `An action on ${executorId} failed: ${JSON.stringify(error?.kind)}.`,
    fix: 'Correct what the failure names.',
    data: { kind: error?.kind, index: error?.index, ...place },
  })
}

const executionText = (error: unknown): string | null =>
  (error as { ExecutionError?: string } | null | undefined)?.ExecutionError ?? null

const functionCall = (methodName: string, args: object, gas: bigint, deposit: bigint): Action => ({
  kind: 'functionCall',
  methodName,
  args: args instanceof Uint8Array ? args : utf8ToBytes(JSON.stringify(args)),
  gas,
  deposit,
})

function decodeValue(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null
  const text = new TextDecoder().decode(bytes)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** base58 sha256 of a wasm, as accounts show it. */
export const codeHashOf = (code: Uint8Array): string => cryptoHash(code)

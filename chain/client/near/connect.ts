/** A NEAR client for programs and pages: views, calls, and what accounts need. Runs in browsers. */
import type { AccessKey, Action } from '../../lib/action.ts'
import { bytesToBase64, utf8ToBytes } from '../../lib/bytes.ts'
import { contractErrorOf, type Fixes } from '../../lib/contractError.ts'
import type { SignHash } from '../../lib/transaction.ts'
import { TGAS } from '../../lib/units.ts'
import type { CallOptions, CallResult, NearCaller } from './caller.ts'
import { NearRpcError, NoSignerError } from './errors.ts'
import { decodeValue, readResult } from './result.ts'
import { httpRpc, type Rpc, untilReached } from './rpc.ts'
import { createSender, type Signer } from './sender.ts'

export interface ConnectOptions {
  rpcUrl: string
  signer?: Signer
  /** Ends everything that waits. */
  signal?: AbortSignal
  /** How long an unreachable RPC is tried again; default 30 s. */
  patienceMs?: number
  /** Contracts' error codes and what to do about them. */
  fixes?: Fixes
  /** Another way to the node than HTTP. */
  rpc?: Rpc
  /** A faster signer than the portable one. */
  sign?: SignHash
}

export interface AccountView {
  /** yoctoNEAR. */
  amount: bigint
  locked: bigint
  codeHash: string
  /** Bytes. */
  storageUsage: number
}

export interface NearClient extends NearCaller {
  readonly accountId: string | null
  readonly publicKey: string | null
  readonly rpc: Rpc
  account(accountId: string): Promise<AccountView>
  /** Signs and sends any actions. */
  send<T>(
    receiverId: string,
    actions: Action[],
    options?: Partial<Omit<CallOptions, 'gas' | 'deposit'>>,
  ): Promise<CallResult<T>>
  /** Creates a child of the signer with one full-access key. @param balance yoctoNEAR */
  createAccount(accountId: string, publicKey: string, balance: bigint): Promise<CallResult<null>>
  /** Deploys to the signer's own account, with an initialising call in the same transaction where one is given. */
  deploy(
    code: Uint8Array,
    init?: { method: string; args: object; gas?: bigint; deposit?: bigint },
  ): Promise<CallResult<unknown>>
  /** @param amount yoctoNEAR */
  transfer(receiverId: string, amount: bigint): Promise<CallResult<null>>
  /** Lets a key call `methods` (all when empty) of one contract without deposits. @param allowance yoctoNEAR for gas, null unlimited */
  addFunctionCallKey(
    publicKey: string,
    contractId: string,
    methods?: string[],
    allowance?: bigint | null,
  ): Promise<CallResult<null>>
}

export function connect(options: ConnectOptions): NearClient {
  const { signer, fixes, patienceMs = 30_000 } = options
  const rpc = options.rpc ?? httpRpc(options.rpcUrl)
  const sender = signer === undefined ? null : createSender(rpc, signer, patienceMs, options.sign)
  const either = (signal?: AbortSignal): AbortSignal | undefined =>
    signal && options.signal ? AbortSignal.any([signal, options.signal]) : (signal ?? options.signal)
  const ask = (params: unknown, signal?: AbortSignal): Promise<unknown> =>
    untilReached(() => rpc('query', params, signal), patienceMs, signal)

  const send: NearClient['send'] = async (
    receiverId,
    actions,
    { waitUntil = 'FINAL', failOnAnyReceipt, signal } = {},
  ) => {
    if (sender === null) {
      throw new NoSignerError({ what: 'This client has no key to sign with.', fix: 'Give it one: --key FILE.' })
    }
    const { txHash, json } = await sender.send(receiverId, actions, { waitUntil, signal: either(signal) })
    return readResult(json, txHash, failOnAnyReceipt ?? false, fixes)
  }

  return {
    accountId: signer?.accountId ?? null,
    publicKey: sender?.publicKey ?? null,
    rpc,
    send,

    async view<T>(contractId: string, method: string, args: object, { signal }: { signal?: AbortSignal } = {}) {
      try {
        const { result } = (await ask(
          {
            request_type: 'call_function',
            finality: 'optimistic',
            account_id: contractId,
            method_name: method,
            args_base64: bytesToBase64(utf8ToBytes(JSON.stringify(args))),
          },
          either(signal),
        )) as { result: number[] }
        return decodeValue(Uint8Array.from(result)) as T
      } catch (error) {
        throw viewError(error, contractId, method, fixes)
      }
    },

    call: (contractId, method, args, { gas, deposit, ...rest }) =>
      send(contractId, [functionCall(method, args, gas, deposit)], rest),

    async account(accountId) {
      const view = (await ask({
        request_type: 'view_account',
        finality: 'optimistic',
        account_id: accountId,
      })) as Record<'amount' | 'locked' | 'code_hash', string> & { storage_usage: number }
      return {
        amount: BigInt(view.amount),
        locked: BigInt(view.locked),
        codeHash: view.code_hash,
        storageUsage: view.storage_usage,
      }
    },

    createAccount: (accountId, publicKey, balance) =>
      send(accountId, [{ kind: 'createAccount' }, { kind: 'transfer', deposit: balance }, addKey(publicKey, null)]),

    deploy(code, init) {
      const actions: Action[] = [{ kind: 'deployContract', code }]
      if (init) actions.push(functionCall(init.method, init.args, init.gas ?? 100n * TGAS, init.deposit ?? 0n))
      return send(signer?.accountId ?? '', actions)
    },

    transfer: (receiverId, amount) => send(receiverId, [{ kind: 'transfer', deposit: amount }]),

    addFunctionCallKey: (publicKey, contractId, methods = [], allowance = null) =>
      send(signer?.accountId ?? '', [addKey(publicKey, { allowance, receiverId: contractId, methodNames: methods })]),
  }
}

const addKey = (publicKey: string, permission: AccessKey['permission']): Action => ({
  kind: 'addKey',
  publicKey,
  accessKey: { nonce: 0n, permission },
})

const functionCall = (methodName: string, args: object, gas: bigint, deposit: bigint): Action => ({
  kind: 'functionCall',
  methodName,
  args: args instanceof Uint8Array ? args : utf8ToBytes(JSON.stringify(args)),
  gas,
  deposit,
})

function viewError(error: unknown, contractId: string, method: string, fixes?: Fixes): unknown {
  if (!(error instanceof NearRpcError) || error.data.cause !== 'CONTRACT_EXECUTION_ERROR') return error
  const info = error.data.info as { vm_error?: string; error?: { ExecutionError?: string } }
  const text = info.error?.ExecutionError ?? info.vm_error ?? String(error.data.error)
  return contractErrorOf(text, { contractId, method }, fixes)
}

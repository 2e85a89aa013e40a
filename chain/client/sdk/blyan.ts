/** The client of a gateway: orders, money, receipts, events, models. Runs in Node and in browsers. */
import { type NetworkReply, networkReply } from '../gateway/index.ts'
import { httpRpc, type Rpc } from '../near/rpc.ts'
import { KNOWN_NETWORKS, type MarketContracts } from '../networks.ts'
import { type Auth, createAuth } from './auth.ts'
import { type FirstParameters, missing, type SdkContext } from './context.ts'
import { type EventsOptions, followEvents } from './events.ts'
import { createHttp } from './http.ts'
import { createModels, type Models } from './models.ts'
import { createMoney, type Money } from './money.ts'
import { createReceipts, type Receipts } from './receipts.ts'
import { type BlyanSigner, type SecretKey, secretKeySigner } from './signer.ts'
import { createTasks, type Tasks } from './tasks.ts'

export interface BlyanOptions {
  /** Origin of a gateway, such as http://127.0.0.1:4173. */
  readonly gateway: string
  /** Who signs: a key of this process, or a wallet. Reading needs none. */
  readonly signer?: SecretKey | BlyanSigner
  /** A NEAR RPC; the gateway's own door when absent. */
  readonly rpcUrl?: string
  /** The engine's, to check the model that an order starts from. */
  readonly firstParameters?: FirstParameters
  /** MarketContracts of a network that this release does not know. */
  readonly contracts?: MarketContracts
  /** API key, instead of signing in. */
  readonly apiKey?: string
  readonly fetch?: typeof fetch
  readonly WebSocket?: typeof WebSocket
  /** ms since the Unix epoch. */
  readonly now?: () => number
  /** Secret bytes: test texts are sealed with them. */
  readonly random?: (bytes: number) => Uint8Array
}

export class Blyan {
  readonly auth: Auth
  readonly tasks: Tasks
  readonly receipts: Receipts
  readonly models: Models
  readonly stake: Money['stake']
  readonly unstake: Money['unstake']
  readonly restake: Money['restake']
  readonly claim: Money['claim']
  readonly why: Money['why']
  readonly network: () => Promise<NetworkReply>
  /** Events from now on, or after a cursor; ends with the signal. */
  readonly events: (options: EventsOptions) => ReturnType<typeof followEvents>

  constructor(options: BlyanOptions) {
    const context = contextOf(options, () => this.auth)
    this.auth = createAuth(context)
    this.tasks = createTasks(context)
    this.receipts = createReceipts(context)
    this.models = createModels(context)
    const { stake, unstake, restake, claim, why } = createMoney(context)
    this.stake = stake
    this.unstake = unstake
    this.restake = restake
    this.claim = claim
    this.why = why
    this.network = context.network
    this.events = (wanted) => followEvents(context, wanted)
    if (options.apiKey !== undefined) this.auth.setKey(options.apiKey)
  }
}

function contextOf(options: BlyanOptions, auth: () => Auth): SdkContext {
  const { gateway, signer, rpcUrl, apiKey } = options
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))
  let renewing: Promise<boolean> | null = null
  const http = createHttp({
    gateway,
    fetch: send,
    // Ten minutes later the token is old: the same key signs in again, once for all requests that wait.
    renew: () => {
      if (apiKey !== undefined || signer === undefined) return Promise.resolve(false)
      renewing ??= auth()
        .signIn()
        .then(
          () => true,
          () => false,
        )
        .finally(() => {
          renewing = null
        })
      return renewing
    },
  })

  let network: ReturnType<SdkContext['network']> | null = null
  const askNetwork: SdkContext['network'] = () => {
    network ??= http.json(networkReply, '/api/v1/network').then((reply) => {
      const known = KNOWN_NETWORKS[reply.chainId]
      const contracts = options.contracts ?? known?.contracts
      if (contracts === undefined) {
        throw missing('contracts', `This client knows no network ${reply.chainId.slice(0, 40)}.`, 'Name its contracts.')
      }
      return { ...reply, known: { contracts, embedded: known?.embedded ?? reply.embedded } }
    })
    network.catch(() => {
      network = null
    })
    return network
  }
  const rpc = async (): Promise<Rpc> => httpRpc(rpcUrl ?? new URL((await askNetwork()).rpcPath, gateway).href, send)

  // Signing a message needs no chain: it is looked for with the first transaction.
  const lazyRpc: Rpc = async (method, params, signal) => (await rpc())(method, params, signal)
  const ready =
    signer === undefined
      ? null
      : 'secretKey' in signer
        ? secretKeySigner(signer, lazyRpc)
        : (signer satisfies BlyanSigner)
  return {
    http,
    gateway,
    network: askNetwork,
    rpc,
    firstParameters: options.firstParameters ?? null,
    now: options.now ?? (() => Date.now()),
    random: options.random ?? ((bytes) => crypto.getRandomValues(new Uint8Array(bytes))),
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    signer() {
      if (ready !== null) return Promise.resolve(ready)
      return Promise.reject(missing('signer', 'Nobody signs for this client.', 'Pass a signer: a key or a wallet.'))
    },
  }
}

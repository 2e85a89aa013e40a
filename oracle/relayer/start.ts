/** A whole relayer: its journal, both chains, its loop, its HTTP. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { decodeFunctionResult, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type Deployment, evmClient, evmSide, nearSide } from '../../chain/client/bridge/index.ts'
import { blyBridgeAbi } from '../../chain/client/evm/abi.gen.ts'
import { connect, type Signer } from '../../chain/client/near/index.ts'
import type { SignHash } from '../../chain/lib/transaction.ts'
import { createEvmSender } from './evmSender.ts'
import { serveRelayer } from './http.ts'
import { openRelayerJournal } from './journal.ts'
import { relayerMetrics } from './metrics.ts'
import { nearSubmitter } from './nearSubmitter.ts'
import { createRelayer, type Relayer, type RelayerOptions } from './relayer.ts'
import { viemNode } from './viemNode.ts'

export interface StartRelayerOptions {
  deployment: Deployment
  nearKey: Signer
  evmKey: Hex
  /** Its own folder, for the journal. */
  dir: string
  port?: number
  host?: string
  /** Most wei a unit of gas may cost. */
  feeCapWei?: bigint
  /** Unmined for so long, a transaction is replaced, ms. */
  stuckMs?: number
  pollMs?: number
  now?: () => number
  sign?: SignHash
  log: RelayerOptions['log']
}

export interface RunningRelayer {
  url: string
  relayer: Relayer
  evmAddress: string
  stop(): Promise<void>
  /** Resolves when the loop ended. */
  done: Promise<void>
}

/** 300 gwei: ten times what mainnet asks on an ordinary day. */
export const FEE_CAP_WEI = 300n * 10n ** 9n
const STUCK_MS = 60_000
const POLL_MS = 1_000

/** @throws RelayerJournalError, and what listening refuses */
export async function startRelayer(options: StartRelayerOptions): Promise<RunningRelayer> {
  const { deployment, nearKey, evmKey, dir, port = 0, host, log, now = Date.now } = options
  const { feeCapWei = FEE_CAP_WEI, stuckMs = STUCK_MS, pollMs = POLL_MS, sign } = options
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const journal = openRelayerJournal(join(dir, 'relayer.db'))
  const stopping = new AbortController()
  const { signal } = stopping
  const reader = evmClient(deployment)
  const near = connect({ rpcUrl: deployment.near.rpcUrls[0]!, signer: nearKey, sign, signal, patienceMs: 5_000 })
  const account = privateKeyToAccount(evmKey)
  const { chainId } = deployment.evm
  const sender = createEvmSender({ node: viemNode(reader), account, chainId, journal, now, feeCapWei, stuckMs })
  const relayer = createRelayer({
    deployment,
    near: nearSide(deployment, near),
    evm: evmSide(deployment, reader),
    sender,
    nearSubmitter: nearSubmitter(near),
    signal,
    pollMs,
    now,
    journal,
    log,
    async wouldRelease({ to, data }) {
      const { data: answer } = await reader.call({ account: account.address, to, data })
      if (answer === undefined) return false
      return decodeFunctionResult({ abi: blyBridgeAbi, functionName: 'release', data: answer }) > 0n
    },
  })
  const about = { near: nearKey.accountId, evm: account.address, feeCapWei: String(feeCapWei), startedAt: now() }
  const http = await serveRelayer({ relayer, metrics: relayerMetrics(relayer, now, now()), about, host, port })
  const done = relayer.run(signal).finally(() => journal.close())
  return {
    url: http.url,
    relayer,
    evmAddress: account.address,
    done,
    async stop() {
      stopping.abort()
      await http.close()
      await done.catch(() => undefined)
    },
  }
}

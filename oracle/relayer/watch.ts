/** What operators look at: signers' heartbeats, and whether more circulates on EVM than lies locked on NEAR. */
import {
  type Deployment,
  type EvmSide,
  getJson,
  type NearSide,
  signerStatusSchema,
} from '../../chain/client/bridge/index.ts'

export interface SignerSeen {
  address: string
  url: string
  /** When it last said something that its schema allows, ms; null if never since the start. */
  lastSeenAt: number | null
  epoch: string | null
  halted: { code: string; what: string; at: number } | null
}

export interface Backing {
  /** attoBLY: locked on NEAR less what was unlocked, and minted less what was burned. */
  lockedAtto: bigint
  mintedAtto: bigint
  /** Minted beyond what is locked: not zero is an emergency. */
  excessAtto: bigint
}

const TIMEOUT_MS = 3_000

/** Asks each signer how it is. */
export async function watchSigners(
  { signers }: Pick<Deployment, 'signers'>,
  before: readonly SignerSeen[],
  { fetch: send = fetch, now, signal }: { fetch?: typeof fetch; now: () => number; signal?: AbortSignal },
): Promise<SignerSeen[]> {
  return Promise.all(
    signers.map(async ({ address, url }) => {
      const known = before.find((each) => each.url === url)
      const answer = await getJson(new URL('/status', url), send, TIMEOUT_MS, signal)
      const status = signerStatusSchema.safeParse(typeof answer === 'string' ? null : answer.json)
      if (!status.success) {
        return { address, url, lastSeenAt: known?.lastSeenAt ?? null, epoch: known?.epoch ?? null, halted: null }
      }
      const { epoch, halted } = status.data
      // Its word on when it read the chains counts, but not a word from the future.
      return { address, url, lastSeenAt: Math.min(now(), status.data.lastSeenAt), epoch, halted }
    }),
  )
}

/**
 * Compares both chains without a moment in common: sums only grow, so what was locked is read after the EVM side, what was
 * unlocked before it. A difference found this way is real.
 */
export async function readBacking({ near, evm }: { near: NearSide; evm: EvmSide }): Promise<Backing> {
  const { unlocked } = await near.totals()
  const { minted, burned } = await evm.totals()
  const { locked } = await near.totals()
  const [lockedAtto, mintedAtto] = [locked - unlocked, minted - burned]
  return { lockedAtto, mintedAtto, excessAtto: mintedAtto > lockedAtto ? mintedAtto - lockedAtto : 0n }
}

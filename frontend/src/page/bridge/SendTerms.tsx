/** Price, limits and latest time of what is being typed, and where the money is in each failure; before any signature. */
import type { Direction } from '../../../../chain/client/protocol.ts'
import { Strip, StripLines } from '../../component/Strip.tsx'
import { Term } from '../../component/Term.tsx'
import { Until } from '../../component/When.tsx'
import { amountText } from '../../format/amount.ts'
import { clockText, spanText } from '../../format/time.ts'
import { endsOf, failures, largeText, SIDE_NAMES, waitOf } from './facts.ts'
import { type BothSides, type Bridge, useRead } from './useBridge.ts'

/** Gas that a burn takes with a long receiver, and a mint of 2 of 3 signatures. Source: docs/results/gas-evm.json. */
const BURN_GAS = 70_000n
const MINT_GAS = 150_000n

export function SendTerms({
  bridge,
  sides,
  direction,
  amount,
}: {
  bridge: Bridge
  sides: BothSides
  direction: Direction
  /** attoBLY; null while it is not known. */
  amount: bigint | null
}) {
  const { source, target } = endsOf(direction)
  const { signers } = sides
  const now = Date.now()
  const wait = waitOf({ direction, amount: amount ?? 0n }, sides[target], bridge.deployment.evm.confirmations, now)
  const isFar = wait.latest - now > 12 * 3_600_000
  return (
    <aside className="stack" aria-label="What it costs and when it ends">
      <Strip title="What it costs">
        <StripLines
          lines={[
            { what: 'arrives', figure: amount === null ? 'all of it' : `${amountText(amount).shown} BLY`, sum: true },
            { what: 'fee of the bridge', figure: 'none' },
            { what: 'gas you pay', figure: <SourceGas bridge={bridge} direction={direction} /> },
            {
              what: 'gas to deliver it',
              figure: bridge.hasRelayer ? <Paid /> : <DeliveryGas bridge={bridge} direction={direction} />,
            },
            {
              what: `${SIDE_NAMES[target]} can pay out now`,
              figure: `${amountText(sides[target].capacity).shown} BLY`,
            },
            {
              what: `${SIDE_NAMES[source]} can pay out now`,
              figure: `${amountText(sides[source].capacity).shown} BLY`,
            },
            {
              what: 'waiting in its queue',
              figure: sides[target].queueLength === 0n ? 'nobody' : `${sides[target].queueLength}`,
            },
            { what: 'ends by itself by', figure: isFar ? <Until at={wait.latest} /> : clockText(wait.latest) },
          ]}
        />
      </Strip>
      <div className="stack-tight">
        <p>
          Usually there in {wait.delayMs > 0 ? spanText(wait.delayMs) : 'a minute'}; at the latest as stated, if{' '}
          {signers.k} of {signers.signers.length} signers answer
          {wait.queues ? ' and nothing else joins the queue before it' : ''}.
        </p>
        <p className={wait.delayMs > 0 ? 'notice' : 'detail'}>{largeText(sides[target])}</p>
        <details>
          <summary>Where the money is, whatever fails</summary>
          <dl className="bridge-failures">
            {failures({ direction, large: wait.delayMs > 0, hasRelayer: bridge.hasRelayer }, signers.k).map(
              ({ what, money }) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>{money}</dd>
                </div>
              ),
            )}
          </dl>
        </details>
      </div>
    </aside>
  )
}

const Paid = () => (
  <>
    the <Term of="relayer" />
    ’s
  </>
)

function SourceGas({ bridge, direction }: { bridge: Bridge; direction: Direction }) {
  return direction === 'near-evm' ? 'under 0.01 NEAR' : <EvmGas bridge={bridge} gas={BURN_GAS} />
}

function DeliveryGas({ bridge, direction }: { bridge: Bridge; direction: Direction }) {
  return direction === 'evm-near' ? 'under 0.02 NEAR' : <EvmGas bridge={bridge} gas={MINT_GAS} />
}

function EvmGas({ bridge, gas }: { bridge: Bridge; gas: bigint }) {
  const price = useRead(bridge, ['gas price'], 30_000, ({ evmClient }) => evmClient.getGasPrice())
  if (price.data === undefined) return 'not known yet'
  const cost = amountText(price.data * gas, { direction: 'cost', places: 5, unit: 'ETH' })
  return `about ${cost.shown} ETH`
}

/** What the bridge is worth, with its numbers: how many signers, what enough corrupt ones could take, and who they are. */
import { useState } from 'react'
import { getJson } from '../../../../chain/client/bridge/collect.ts'
import { signerStatusSchema } from '../../../../chain/client/bridge/signerApi.ts'
import { Loaded } from '../../component/states.tsx'
import { Term } from '../../component/Term.tsx'
import { When } from '../../component/When.tsx'
import { worthText } from './facts.ts'
import { nameOf } from './steps.ts'
import { type BothSides, type Bridge, useRead } from './useBridge.ts'

/** The reasons at length; the page itself asks nobody but its gateway. */
const DECISION = 'docs/decisions/008-the-bridge-is-worth-its-signers.md'
const SIGNER_WAIT_MS = 3_000

export function Worth({ bridge, sides }: { bridge: Bridge; sides: BothSides }) {
  const { signers, near, evm, heldAtto } = sides
  const hourlyAtto = near.hourlyLimit > evm.hourlyLimit ? near.hourlyLimit : evm.hourlyLimit
  const [open, setOpen] = useState(false)
  return (
    <section className="stack-tight" aria-labelledby="bridge-worth">
      <div className="section-head">
        <h2 id="bridge-worth">What the bridge is worth</h2>
      </div>
      <p>{worthText({ k: signers.k, n: signers.signers.length, hourlyAtto, heldAtto })}</p>
      <p className="detail">
        The <Term of="guardian">guardian</Term> can stop, never take: it may pause once for 72 h, stop a large transfer
        while it waits, and refuse new signers. Why it is built so: <code>{DECISION}</code> in the sources.
      </p>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Signers, contracts, guardian</summary>
        {open ? (
          <div className="stack">
            <Signers bridge={bridge} />
            <Contracts bridge={bridge} />
          </div>
        ) : null}
      </details>
    </section>
  )
}

function Signers({ bridge }: { bridge: Bridge }) {
  const { signers } = bridge.deployment
  const asked = useRead(bridge, ['signers'], 5_000, () =>
    Promise.all(
      signers.map(async ({ address, url }) => {
        const answer = await getJson(new URL(`${url}/status`), (...all) => fetch(...all), SIGNER_WAIT_MS)
        const status = typeof answer === 'string' ? null : (signerStatusSchema.safeParse(answer.json).data ?? null)
        return { address, status }
      }),
    ),
  )
  return (
    <Loaded asked={asked} what="the signers" lines={3}>
      {(data) => (
        <ul className="bridge-signers">
          {data.map(({ address, status }) => (
            <li key={address}>
              <span className="figure">{nameOf(address)}</span>{' '}
              {status === null ? (
                <span className="tone-wait">no word</span>
              ) : status.halted !== null ? (
                <span className="tone-bad">stopped: {status.halted.what}</span>
              ) : (
                <span className="tone-ok">signs</span>
              )}{' '}
              {status === null ? null : (
                <span className="detail">
                  read both chains <When at={status.lastSeenAt} />, as it reports
                  {status.oneRpc ? '; it asks one node of each chain alone' : ''}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  )
}

function Contracts({ bridge }: { bridge: Bridge }) {
  const { near, evm, guardian } = bridge.deployment
  const lines = [
    ['Bridge on NEAR', near.bridge],
    ['BLY on NEAR', near.bly],
    [`Bridge on EVM, chain ${evm.chainId}`, evm.bridge],
    ['BLY on EVM', evm.token],
    ['Receipts on EVM', evm.verifier],
    ['Guardian on NEAR', guardian.near],
    ['Guardian on EVM', guardian.evm],
  ] as const
  return (
    <dl className="facts">
      {lines.map(([what, where]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd className="figure bridge-address">{where}</dd>
        </div>
      ))}
    </dl>
  )
}

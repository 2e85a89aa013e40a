/** BLY between NEAR and an EVM chain: one form, the reader's transfers step by step, and what the bridge is worth. */
import { GatewayProblem } from '../../api/errors.ts'
import { Button } from '../../component/Button.tsx'
import { Empty, Loaded, Skeleton } from '../../component/states.tsx'
import { Term } from '../../component/Term.tsx'
import { Titled } from '../../component/Titled.tsx'
import { absoluteText } from '../../format/time.ts'
import { useProfile, useServices } from '../../shell/services.tsx'
import { useTitle } from '../../shell/title.ts'
import { TransactionList } from '../../transaction/TransactionList.tsx'
import { useRestoredSession } from '../operate/useRestoredSession.ts'
import { Credit } from './Credit.tsx'
import { pauseText, type SideName } from './facts.ts'
import { SendForm } from './SendForm.tsx'
import { sentenceOf } from './steps.ts'
import { Transfers, useChosen, useTransfer } from './Transfers.tsx'
import { type BothSides, type Bridge as BridgeParts, useBothSides, useBridge } from './useBridge.ts'
import { useOpenMoves } from './useBridgeMove.ts'
import { useEvmWallet } from './useEvmWallet.ts'
import { Worth } from './Worth.tsx'
import '../../style/bridge.css'

const TITLE = 'Move BLY between NEAR and an EVM chain, and see each step until it has arrived.'

export default function Bridge() {
  const bridge = useBridge()
  const restoring = useRestoredSession()
  useTitle('Bridge')
  if (restoring) return <Skeleton lines={10} what="your session" />
  if (bridge.problem instanceof GatewayProblem && bridge.problem.code === 'GATEWAY_NO_BRIDGE') return <NoBridge />
  return (
    <Titled asked={bridge} title={TITLE} what="the bridge">
      {(parts) => <Open bridge={parts} />}
    </Titled>
  )
}

function NoBridge() {
  return (
    <div className="page">
      <h1>This gateway knows no bridge.</h1>
      <Empty>Whoever runs it names one with --bridge; ./blyan up starts a network that has one.</Empty>
    </div>
  )
}

function Open({ bridge }: { bridge: BridgeParts }) {
  const sides = useBothSides(bridge)
  // The first line says what happened to the transfer that the address names, or what is awaited.
  const { data: chosen } = useTransfer(bridge, useChosen())
  return (
    <>
      <header className="page-head">
        <h1>{chosen === undefined ? TITLE : sentenceOf(chosen)}</h1>
        <p>
          BLY that leave NEAR are locked there and minted on the EVM chain; those that come back are burned there and
          unlocked. <Term of="signer">Signers</Term> attest each transfer; this page verifies their signatures itself.
        </p>
      </header>
      <Loaded asked={sides} what="the limits of both sides" lines={10}>
        {(data) => <Running bridge={bridge} sides={data} />}
      </Loaded>
    </>
  )
}

function Running({ bridge, sides }: { bridge: BridgeParts; sides: BothSides }) {
  const wallet = useEvmWallet()
  const account = useProfile()?.account ?? null
  const paused = (['near', 'evm'] as const).filter((side) => sides[side].pausedUntil !== null)
  const refusal = paused.length > 0 ? 'Waits until the pause ends.' : null
  return (
    <div className="page">
      {paused.map((side: SideName) => (
        <p key={side} className="notice" role="status">
          {pauseText(side, sides[side].pausedUntil!, absoluteText)}
        </p>
      ))}
      {account === null ? null : <Credit bridge={bridge} account={account} refusal={refusal} />}
      <SendForm bridge={bridge} sides={sides} wallet={wallet} />
      <OpenMoves />
      <Transfers bridge={bridge} wallet={wallet} refusal={refusal} />
      <Worth bridge={bridge} sides={sides} />
    </div>
  )
}

/** Orders of this browser that wait for a wallet or a chain, kept across reload and tabs. */
function OpenMoves() {
  const { journal } = useServices()
  const open = useOpenMoves()
  if (open.length === 0) return null
  return (
    <section className="stack move-list" aria-label="On its way">
      {open.map((entry) => (
        <div key={entry.id} className="stack-tight">
          <TransactionList entry={entry} onCancel={() => journal.withdraw(entry.id)} />
          {entry.failed === null ? null : (
            <div>
              <Button onClick={() => journal.remove(entry.id)}>Put away</Button>
            </div>
          )}
        </div>
      ))}
    </section>
  )
}

/** Who sends: the NEAR account that is signed in, or an EVM wallet that announced itself; each with how to choose one. */
import { lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import { Button } from '../../component/Button.tsx'
import { Problem } from '../../component/Problem.tsx'
import { useProfile } from '../../shell/services.tsx'
import { WalletRefusedError } from '../../wallet/types.ts'
import type { EvmWallet } from './useEvmWallet.ts'

const SignIn = lazy(() => import('../../wallet/SignIn.tsx'))

export function NearWallet() {
  const profile = useProfile()
  const [open, setOpen] = useState(false)
  if (profile?.account != null) {
    return (
      <p>
        <bdi className="name-whole">{profile.account}</bdi> <span className="detail">on NEAR, signed in</span>
      </p>
    )
  }
  if (profile !== null) {
    return (
      <p>
        You are signed in with an EVM account. <Link href="/account">Link a NEAR account</Link>: only that signs on
        NEAR.
      </p>
    )
  }
  return (
    <div className="row">
      <Button onClick={() => setOpen(true)}>Sign in with NEAR</Button>
      <span className="detail">Your wallet signs a sentence, no payment.</span>
      {open ? (
        <Suspense fallback={null}>
          <SignIn onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}

export function EvmWalletRow({ wallet }: { wallet: EvmWallet }) {
  const { signer, choices, asking, problem, connect, forget } = wallet
  if (signer !== null) {
    return (
      <div className="row">
        <p>
          <span className="figure bridge-address">{signer.address}</span>{' '}
          <span className="detail">in {signer.name}</span>
        </p>
        <Button className="plain" onClick={forget}>
          Use another
        </Button>
      </div>
    )
  }
  return (
    <div className="stack-tight">
      {choices.length === 0 ? (
        <p className="detail">
          No EVM wallet has announced itself in this browser. Install one as an extension, then open this page again.
        </p>
      ) : (
        <div className="row">
          {choices.map((choice) => (
            <Button key={choice.id} busy={asking !== null} onClick={() => connect(choice)}>
              {asking === choice.id ? `Waiting for ${choice.name}` : `Connect ${choice.name}`}
            </Button>
          ))}
        </div>
      )}
      {problem === null ? null : problem instanceof WalletRefusedError ? (
        <p className="notice calm" role="status">
          {problem.what} {problem.fix}
        </p>
      ) : (
        <Problem problem={problem} />
      )}
    </div>
  )
}

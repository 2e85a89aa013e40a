/** An operator's page: what can be collected, what is locked until when, stake, earnings, draws, faults, leaving. */
import { lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import { nodeStatus } from '../../../../chain/client/gateway/index.ts'
import { GatewayProblem } from '../../api/errors.ts'
import { useAsk } from '../../api/queries.ts'
import { Button, ButtonLink } from '../../component/Button.tsx'
import { Skeleton } from '../../component/states.tsx'
import { Titled } from '../../component/Titled.tsx'
import { useProfile } from '../../shell/services.tsx'
import { useTitle } from '../../shell/title.ts'
import { Begin } from './Begin.tsx'
import { Operator } from './Operator.tsx'
import { useRestoredSession } from './useRestoredSession.ts'
import './operate.css'

const SignIn = lazy(() => import('../../wallet/SignIn.tsx'))

export default function Operate() {
  const profile = useProfile()
  const restoring = useRestoredSession()
  if (restoring) return <Skeleton lines={10} what="your session" />
  if (profile === null) return <SignedOut />
  if (profile.account === null) return <Unlinked />
  return <OfAccount account={profile.account} />
}

function OfAccount({ account }: { account: string }) {
  const asked = useAsk(`/api/v1/nodes/${encodeURIComponent(account)}/status`, nodeStatus, {
    topics: [`node_status:${account}`],
    everyMs: 20_000,
  })
  const { problem } = asked
  if (problem instanceof GatewayProblem && problem.problem.status === 404) return <Begin account={account} />
  return (
    <Titled asked={asked} title={`${account} as operator`} what={`the stake and pay of ${account}`}>
      {(status) => <Operator status={status} />}
    </Titled>
  )
}

function SignedOut() {
  const [open, setOpen] = useState(false)
  useTitle('Operate')
  return (
    <div className="page">
      <header className="page-head">
        <h1>Sign in to see what your machine earns, and to collect it.</h1>
        <p>
          Your wallet signs a sentence, no transaction; this page then shows the stake, pay and draws of your account.
          They are public: <Link href="/receipts">receipts</Link> and every account’s Why are open without signing in.
        </p>
      </header>
      <div className="row">
        <Button primary onClick={() => setOpen(true)}>
          Sign in
        </Button>
        <ButtonLink href="/">How checking works</ButtonLink>
      </div>
      {open ? (
        <Suspense fallback={null}>
          <SignIn onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}

function Unlinked() {
  useTitle('Operate')
  return (
    <div className="page">
      <header className="page-head">
        <h1>Link a NEAR account: only that signs for the market.</h1>
        <p>
          You are signed in with an EVM account. Stake and pay belong to a NEAR account; linking needs one signature of
          each.
        </p>
      </header>
      <div className="row">
        <ButtonLink href="/account" primary>
          Link an account
        </ButtonLink>
      </div>
    </div>
  )
}

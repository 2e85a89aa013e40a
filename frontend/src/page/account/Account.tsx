/** The reader's own page: who signs for the market, what was sent from here, the ledger's history, API keys. */
import { lazy, Suspense, useState, useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import { z } from 'zod'
import { type Profile, profileReply } from '../../../../chain/client/gateway/index.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { toBlyanError } from '../../api/errors.ts'
import { Account as AccountName } from '../../component/Account.tsx'
import { Button } from '../../component/Button.tsx'
import { Problem } from '../../component/Problem.tsx'
import { Empty } from '../../component/states.tsx'
import { When } from '../../component/When.tsx'
import { useProfile, useServices } from '../../shell/services.tsx'
import { useTitle } from '../../shell/title.ts'
import { TransactionList } from '../../transaction/TransactionList.tsx'
import { ApiKeys } from './ApiKeys.tsx'
import { Billing } from './Billing.tsx'

const SignIn = lazy(() => import('../../wallet/SignIn.tsx'))

export default function Account() {
  const profile = useProfile()
  useTitle('Account')
  return (
    <div className="page">
      <div className="page-head">
        <h1>
          {profile === null
            ? 'You are not signed in.'
            : profile.account === null
              ? 'You are signed in; link a NEAR account to sign for the market.'
              : 'You are signed in, and this account signs for the market.'}
        </h1>
      </div>
      {profile === null ? <SignedOut /> : <SignedIn profile={profile} />}
      <Activity />
      {profile === null ? null : (
        <>
          <Billing account={profile.account} />
          <ApiKeys />
        </>
      )}
    </div>
  )
}

function SignedOut() {
  const [open, setOpen] = useState(false)
  return (
    <div className="row">
      <Button primary onClick={() => setOpen(true)}>
        Sign in
      </Button>
      {open ? (
        <Suspense fallback={null}>
          <SignIn onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}

function SignedIn({ profile }: { profile: Profile }) {
  const services = useServices()
  const [linking, setLinking] = useState(false)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const other = profile.kind === 'evm' ? 'near' : 'evm'
  const linked = profile.account !== null && profile.address !== null
  const attempt = async (job: () => Promise<unknown>) => {
    setProblem(null)
    try {
      await job()
    } catch (error) {
      setProblem(toBlyanError(error))
    }
  }
  const signOut = () =>
    attempt(async () => {
      await services.api.call('/api/v1/auth/logout', z.null(), { method: 'POST', token: 'needed' })
      services.session.clear()
      services.wallets.set(null)
    })
  const unlink = () =>
    attempt(async () => {
      const next = await services.api.call('/api/v1/user/unlink', profileReply, { method: 'POST', token: 'needed' })
      const login = services.session.current()
      if (login !== null) services.session.set({ ...login, profile: next })
    })
  return (
    <section className="stack">
      <dl className="facts">
        <div>
          <dt>NEAR account</dt>
          <dd>
            {profile.account === null ? (
              'none: only a NEAR account signs for the market'
            ) : (
              <AccountName id={profile.account} />
            )}
          </dd>
        </div>
        <div>
          <dt>Ethereum address</dt>
          <dd className="mono">{profile.address ?? 'none linked'}</dd>
        </div>
        <div>
          <dt>First seen</dt>
          <dd>
            <When at={profile.createdAt} />
          </dd>
        </div>
      </dl>
      <div className="row">
        {linked ? (
          <Button onClick={() => void unlink()}>Take the link away</Button>
        ) : (
          <Button primary={profile.account === null} onClick={() => setLinking(true)}>
            {other === 'near' ? 'Link a NEAR account' : 'Link an Ethereum address'}
          </Button>
        )}
        {profile.account === null ? null : <Link href={`/why/${profile.account}`}>Why do I have what I have?</Link>}
        <Button onClick={() => void signOut()}>Sign out</Button>
      </div>
      {problem === null ? null : <Problem problem={problem} />}
      {linking ? (
        <Suspense fallback={null}>
          <SignIn link={other} onClose={() => setLinking(false)} />
        </Suspense>
      ) : null}
    </section>
  )
}

function Activity() {
  const { journal } = useServices()
  const entries = useSyncExternalStore(journal.subscribe, journal.list)
  return (
    <section className="stack">
      <div className="section-head">
        <h2>Sent from this browser</h2>
      </div>
      {entries.length === 0 ? (
        <Empty>Nothing yet. What you sign here stays listed, also after a reload, until it is final.</Empty>
      ) : (
        <div className="activity">
          {entries.map((entry) => (
            <TransactionList
              key={entry.id}
              entry={entry}
              onCancel={entry.step === 'wallet' ? () => journal.withdraw(entry.id) : undefined}
            />
          ))}
        </div>
      )}
    </section>
  )
}

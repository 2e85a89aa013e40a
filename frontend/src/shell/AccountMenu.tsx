/** Right end of the masthead: sign in, or the account with its activity, why and keys. */
import { lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import { Button } from '../component/Button.tsx'
import { shortAccount } from '../format/hash.ts'
import { useProfile, useServices } from './services.tsx'

const SignIn = lazy(() => import('../wallet/SignIn.tsx'))

export function AccountMenu() {
  const profile = useProfile()
  const { session } = useServices()
  const [open, setOpen] = useState(false)
  return (
    <>
      {profile === null ? (
        <Button onClick={() => setOpen(true)}>{session.maySignIn() ? 'Signing in' : 'Sign in'}</Button>
      ) : (
        <Link href="/account" className="button quiet">
          <bdi>{shortAccount(profile.account ?? profile.address ?? profile.user)}</bdi>
        </Link>
      )}
      {open ? (
        <Suspense fallback={null}>
          <SignIn onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

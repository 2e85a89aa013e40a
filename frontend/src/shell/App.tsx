/** Frame around every page: masthead, stale banner, the page itself, foot. */
import { Component, type ReactNode, Suspense, useEffect, useRef } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { toBlyanError } from '../api/errors.ts'
import { Problem } from '../component/Problem.tsx'
import { Skeleton, StaleBanner } from '../component/states.tsx'
import { useResumedTransactions } from '../transaction/useTransaction.ts'
import { Foot } from './Foot.tsx'
import { Masthead } from './Masthead.tsx'
import { ROUTES } from './routes.ts'
import { useServices } from './services.tsx'
import { useTitle } from './title.ts'

/** After a reload the token is gone, the cookie is not. A gateway that is away answers the next request instead. */
function useRestoredSession(): void {
  const { api, session } = useServices()
  useEffect(() => {
    if (session.current() === null && session.maySignIn()) void api.refresh().catch(() => false)
  }, [api, session])
}

export function App() {
  useResumedTransactions()
  useRestoredSession()
  const [location] = useLocation()
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address is another page, which begins at its top
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    window.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [location])
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Masthead />
      <StaleBanner />
      <main id="main" ref={main} tabIndex={-1}>
        <PageBoundary key={location}>
          <Suspense fallback={<Skeleton lines={8} what="this page" />}>
            <Switch>
              {ROUTES.map(({ path, Page }) => (
                <Route key={path} path={path}>
                  {(params) => <Page params={params as Record<string, string>} />}
                </Route>
              ))}
              <Route>
                <NotFound />
              </Route>
            </Switch>
          </Suspense>
        </PageBoundary>
      </main>
      <Foot />
    </>
  )
}

function NotFound() {
  useTitle('Nothing here')
  return (
    <div className="page">
      <h1>There is no page at this address.</h1>
      <p>
        Tasks lie under /task/ and a number, receipts under /receipt/ and a number.{' '}
        <Link href="/">Go to the market.</Link>
      </p>
    </div>
  )
}

/** A page that breaks says so; the frame around it lives. */
class PageBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <Problem
        problem={toBlyanError(this.state.error)}
        action={{ label: 'Reload the page', run: () => window.location.reload() }}
      />
    )
  }
}

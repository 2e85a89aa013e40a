/** Name, map, search, finality and the reader's account. */
import { Link, useLocation } from 'wouter'
import { Emblem } from '../component/Emblem.tsx'
import { Search } from '../component/Search.tsx'
import { AccountMenu } from './AccountMenu.tsx'
import { Finality } from './Finality.tsx'
import { ROUTES } from './routes.ts'

export function Masthead() {
  const [location] = useLocation()
  return (
    <header className="masthead">
      <div className="masthead-row">
        <Link href="/" className="wordmark">
          <Emblem />
          Blyan
        </Link>
        <nav aria-label="Pages">
          <ul>
            {ROUTES.filter(({ nav }) => nav !== null).map(({ path, nav }) => (
              <li key={path}>
                <Link href={path} aria-current={location === path ? 'page' : undefined}>
                  {nav}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="masthead-end">
          <Finality />
          <AccountMenu />
          <Search />
        </div>
      </div>
      <div className="masthead-rule" />
    </header>
  )
}

/**
 * Addresses and their pages. Each page is code of its own, fetched when it is first opened; the market, where most begin,
 * comes with the frame, which saves a slow network one way there and back.
 */
import { type ComponentType, lazy } from 'react'
import Market from '../page/market/Market.tsx'

export interface PageRoute {
  path: string
  /** In the navigation; null stays out of it. */
  nav: string | null
  Page: ComponentType<{ params: Record<string, string> }>
}

export const ROUTES: readonly PageRoute[] = [
  { path: '/', nav: 'Market', Page: Market },
  { path: '/new', nav: 'New task', Page: lazy(() => import('../page/new/NewTask.tsx')) },
  { path: '/operate', nav: 'Operate', Page: lazy(() => import('../page/operate/Operate.tsx')) },
  { path: '/receipts', nav: 'Receipts', Page: lazy(() => import('../page/receipts/Receipts.tsx')) },
  { path: '/models', nav: 'Models', Page: lazy(() => import('../page/models/Models.tsx')) },
  { path: '/bridge', nav: 'Bridge', Page: lazy(() => import('../page/bridge/Bridge.tsx')) },
  { path: '/task/:id', nav: null, Page: lazy(() => import('../page/task/Task.tsx')) },
  { path: '/receipt/:n', nav: null, Page: lazy(() => import('../page/receipt/Receipt.tsx')) },
  { path: '/why/:account', nav: null, Page: lazy(() => import('../page/why/Why.tsx')) },
  { path: '/account', nav: null, Page: lazy(() => import('../page/account/Account.tsx')) },
]

/** What every page may use, made once and handed down: gateway, session, live stream, clock, journal of transactions. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import type { Profile } from '../../../chain/client/gateway/index.ts'
import { type ApiClient, createApi } from '../api/client.ts'
import { createSession, type Session } from '../api/session.ts'
import { createHeadStore, type HeadStore } from '../live/head.ts'
import { createReach, type Reach, type ReachState } from '../live/reach.ts'
import { createLive, type Live, type SocketLike } from '../live/socket.ts'
import { createJournal, type Journal } from '../transaction/journal.ts'
import { createWalletStore, type WalletStore } from '../wallet/store.ts'

export interface Services {
  api: ApiClient
  session: Session
  live: Live
  reach: Reach
  head: HeadStore
  journal: Journal
  wallets: WalletStore
  queries: QueryClient
}

const Context = createContext<Services | null>(null)

export function createServices(): Services {
  const session = createSession(localStorage)
  const reach = createReach(Date.now)
  const head = createHeadStore()
  const api = createApi({ session, onReach: reach.gateway, onReply: head.note })
  const live = createLive({
    open: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`) as unknown as SocketLike,
    token: async (fresh) => {
      if (session.maySignIn() && (fresh || session.current() === null)) await api.refresh()
      return session.current()?.token ?? null
    },
    onState: reach.socket,
  })
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) => count < 3 && (error as { retryable?: boolean }).retryable === true,
        staleTime: 5_000,
        refetchOnWindowFocus: true,
        // The gateway may be up while the machine has no route elsewhere.
        networkMode: 'always',
      },
    },
  })
  return {
    api,
    session,
    live,
    reach,
    head,
    queries,
    journal: createJournal(localStorage),
    wallets: createWalletStore(),
  }
}

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return (
    <Context value={services}>
      <QueryClientProvider client={services.queries}>{children}</QueryClientProvider>
    </Context>
  )
}

export function useServices(): Services {
  const services = useContext(Context)
  if (services === null) throw new Error('Pages stand inside ServicesProvider.')
  return services
}

/** Who is signed in; null for a visitor. */
export function useProfile(): Profile | null {
  const { session } = useServices()
  return useSyncExternalStore(session.subscribe, session.profile)
}

/** Whether gateway and stream answer, and since when they do not. */
export function useReach(): ReachState {
  const { reach } = useServices()
  return useSyncExternalStore(reach.subscribe, reach.state)
}

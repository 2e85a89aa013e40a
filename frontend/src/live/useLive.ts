/** Live data: a message on a topic makes its queries ask again, at most a few times a second. */
import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { ServerMessage } from '../../../chain/client/gateway/index.ts'
import { useServices } from '../shell/services.tsx'

/** Between two refreshes by messages: a round's cells arrive in bursts, one reply shows them all. */
const REFRESH_MS = 400

/** @param topics such as `round:12`; null hears nothing */
export function useLive(topics: readonly string[] | null, listener: (message: ServerMessage) => void): void {
  const { live } = useServices()
  const latest = useRef(listener)
  latest.current = listener
  const key = topics?.join(' ') ?? ''
  useEffect(() => {
    if (key === '') return
    return live.subscribe(key.split(' '), (message) => latest.current(message))
  }, [live, key])
}

/** Asks `key` again after messages of these topics, and after the stream has come back. */
export function useRefreshOn(topics: readonly string[] | null, key: QueryKey): void {
  const queries = useQueryClient()
  const { reach } = useServices()
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const refresh = () => {
    timer.current ??= setTimeout(() => {
      timer.current = null
      void queries.invalidateQueries({ queryKey: key })
    }, REFRESH_MS)
  }
  useLive(topics, refresh)
  const name = JSON.stringify(key)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key by its content, whose array is new at each drawing
  useEffect(() => {
    const stop = reach.subscribe(() => {
      if (reach.state().state === 'ok') refresh()
    })
    return () => {
      stop()
      if (timer.current !== null) clearTimeout(timer.current)
      timer.current = null
    }
  }, [reach, name])
}

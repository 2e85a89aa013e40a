/** Questions to the gateway as hooks: path and schema in; data, age and problem out, kept fresh by topics. */
import { keepPreviousData, type QueryKey, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import {
  listOf as list,
  type listOf,
  type NetworkReply,
  networkHealth,
  networkReply,
  networkStats,
  taskDetail,
  taskSummary,
} from '../../../chain/client/gateway/index.ts'
import type { BlyanError } from '../../../chain/lib/errors.ts'
import { useRefreshOn } from '../live/useLive.ts'
import { useServices } from '../shell/services.tsx'
import { toBlyanError } from './errors.ts'

export interface Asked<T> {
  data: T | undefined
  problem: BlyanError | null
  loading: boolean
  again: () => void
}

export interface AskOptions {
  /** Asks by POST with this body, such as for a quote; the answer depends on it alone. */
  body?: unknown
  query?: Readonly<Record<string, string | number | undefined>>
  token?: 'needed' | 'if there' | 'none'
  /** Live topics that make it ask again. */
  topics?: readonly string[]
  /** Asks again by itself, ms. */
  everyMs?: number
  enabled?: boolean
}

export function useAsk<R extends z.ZodType>(path: string, reply: R, options: AskOptions = {}): Asked<z.infer<R>> {
  const { api } = useServices()
  const { query, token, topics, everyMs, body, enabled = true } = options
  const key: QueryKey = [path, query ?? null, body ?? null]
  useRefreshOn(enabled ? (topics ?? null) : null, key)
  const asked = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      api.call(path, reply, { query, token, signal, body, method: body === undefined ? 'GET' : 'POST' }),
    refetchInterval: everyMs,
    enabled,
    placeholderData: keepPreviousData,
  })
  return {
    data: asked.data as z.infer<R> | undefined,
    problem: asked.error === null ? null : toBlyanError(asked.error),
    loading: asked.isPending && enabled,
    again: () => void asked.refetch(),
  }
}

export interface AskedList<T> extends Asked<T[]> {
  more: (() => void) | null
  loadingMore: boolean
}

/** A list by its cursors: `more` is null at the end. */
export function useAskList<T extends z.ZodType>(
  path: string,
  item: T,
  options: AskOptions = {},
): AskedList<z.infer<T>> {
  const { api } = useServices()
  const { query, token, topics, everyMs, enabled = true } = options
  const key: QueryKey = [path, 'list', query ?? null]
  useRefreshOn(enabled ? (topics ?? null) : null, key)
  const asked = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ signal, pageParam }) =>
      api.call(path, list(item) as ReturnType<typeof listOf<T>>, {
        query: { ...query, cursor: pageParam ?? undefined },
        token,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page as { next: string | null }).next,
    refetchInterval: everyMs,
    enabled,
  })
  const pages = asked.data?.pages as { items: z.infer<T>[] }[] | undefined
  return {
    data: pages?.flatMap((page) => page.items),
    problem: asked.error === null ? null : toBlyanError(asked.error),
    loading: asked.isPending && enabled,
    again: () => void asked.refetch(),
    more: asked.hasNextPage ? () => void asked.fetchNextPage() : null,
    loadingMore: asked.isFetchingNextPage,
  }
}

export function useNetwork(): Asked<NetworkReply> {
  return useAsk('/api/v1/network', networkReply, { token: 'none', everyMs: 60_000 })
}
export const useNetworkStats = () =>
  useAsk('/api/v1/network/stats', networkStats, { token: 'none', topics: ['network_stats'], everyMs: 30_000 })
export const useNetworkHealth = () =>
  useAsk('/api/v1/network/health', networkHealth, { token: 'none', everyMs: 15_000 })
export const useTasks = (query: AskOptions['query'] = {}) =>
  useAskList('/api/v1/tasks', taskSummary, { query, topics: ['task_update'] })
export const useTask = (id: string) =>
  useAsk(`/api/v1/tasks/${id}`, taskDetail, { topics: [`task_update:${id}`, `round:${id}`], everyMs: 20_000 })

/** Runs one recomputation at a time in its own thread; ending it ends the thread. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Progress, RecomputeNews, RecomputeOrder, Redone, Unchecked } from './messages.ts'
import { uncheckedOf } from './words.ts'

export type Recomputing =
  | { step: 'ready' }
  | { step: 'running'; progress: Progress }
  | { step: 'stopped' }
  | { step: 'redone'; redone: Redone }
  | { step: 'unchecked'; unchecked: Unchecked }

export interface Recompute {
  state: Recomputing
  start: (order: Omit<RecomputeOrder, 'wasmUrl'>) => void
  stop: () => void
  /** Forgets what came of another sample. */
  clear: () => void
}

export function useRecompute(): Recompute {
  const [state, setState] = useState<Recomputing>({ step: 'ready' })
  const worker = useRef<Worker | null>(null)
  const end = useCallback(() => {
    worker.current?.terminate()
    worker.current = null
  }, [])
  useEffect(() => end, [end])

  const start: Recompute['start'] = (order) => {
    end()
    setState({ step: 'running', progress: { doing: 'reading', done: 0, of: null } })
    const mine = new Worker(new URL('./recompute.worker.ts', import.meta.url), { type: 'module' })
    worker.current = mine
    mine.onmessage = ({ data }: MessageEvent<RecomputeNews>) => {
      if (data.type === 'progress') {
        setState({ step: 'running', progress: data.progress })
        return
      }
      setState(
        data.type === 'redone'
          ? { step: 'redone', redone: data.redone }
          : { step: 'unchecked', unchecked: data.unchecked },
      )
      end()
    }
    mine.onerror = (event) => {
      setState({ step: 'unchecked', unchecked: uncheckedOf(new Error(event.message || 'The thread ended.')) })
      end()
    }
    mine.postMessage({ ...order, wasmUrl } satisfies RecomputeOrder)
  }
  const leave = (step: 'stopped' | 'ready') => () => {
    end()
    setState({ step })
  }
  return { state, start, stop: leave('stopped'), clear: leave('ready') }
}

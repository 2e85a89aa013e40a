/** Fetches a file, checks its hash here, and only then hands it to the reader. */
import { useState } from 'react'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { toBlyanError } from '../../api/errors.ts'
import { download } from '../../chart/download.ts'
import { useServices } from '../../shell/services.tsx'
import { checkBytes, type Promised } from './checkBytes.ts'

export type DownloadState =
  | { step: 'ready' }
  | { step: 'fetching' }
  | { step: 'saved'; bytes: number; sha256: string }
  | { step: 'failed'; problem: BlyanError }

export function useDownload(): [DownloadState, (url: string, name: string, promised: Promised) => Promise<void>] {
  const { api } = useServices()
  const [state, setState] = useState<DownloadState>({ step: 'ready' })
  const fetchChecked = async (url: string, name: string, promised: Promised) => {
    setState({ step: 'fetching' })
    try {
      const bytes = await api.bytes(url)
      const sha256 = checkBytes(bytes, promised)
      download(name, 'application/octet-stream', bytes)
      setState({ step: 'saved', bytes: bytes.length, sha256 })
    } catch (error) {
      setState({ step: 'failed', problem: toBlyanError(error) })
    }
  }
  return [state, fetchChecked]
}

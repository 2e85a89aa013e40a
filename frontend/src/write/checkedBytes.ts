/** Downloads whose hash was known before: other bytes are refused. */
import { bytesToHex } from '../../../chain/lib/bytes.ts'
import type { ApiClient } from '../api/client.ts'
import { WrongBytesError } from '../api/errors.ts'

/** @param sha256 hex  @throws WrongBytesError */
export async function checkedBytes(
  api: Pick<ApiClient, 'bytes'>,
  path: string,
  sha256: string,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await api.bytes(path, { signal })
  const got = bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
  if (got === sha256) return bytes
  throw new WrongBytesError({
    what: `What came hashes to ${got.slice(0, 8)}.., not to ${sha256.slice(0, 8)}.. as promised.`,
    fix: 'It was not used. Ask another gateway, or fetch it from the storage nodes by its CID.',
    data: { path, expected: sha256, got },
  })
}

/** Hands a file to the browser's own downloads. */
export function saveBytes(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

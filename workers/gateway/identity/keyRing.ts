/**
 * The gateway's own secrets, in a file that only its user may read: the keys that sign access tokens, by `kid`, and the one
 * that refresh tokens follow from. A retired key verifies until the last token that it signed has ended.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { ed25519 } from '@noble/curves/ed25519.js'
import { base64url, importJWK } from 'jose'
import { z } from 'zod'
import { bytesToHex, hexToBytes } from '../../../chain/lib/bytes.ts'
import { ACCESS_MS } from './accessToken.ts'
import { IdentityFileError } from './errors.ts'

/** A key that leaked unseen is worth at most this long. */
const KEY_LIFE_MS = 30 * 24 * 3600_000

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)
const fileSchema = z.object({
  refresh: hex32,
  keys: z
    .array(
      z.object({
        kid: z.string().regex(/^[0-9a-f]{16}$/),
        seed: hex32,
        madeAt: z.number().int(),
        retiredAt: z.number().int().nullable(),
      }),
    )
    .min(1),
})
type Ring = z.infer<typeof fileSchema>

export interface SigningKey {
  readonly kid: string
  readonly key: CryptoKey
}

export interface KeyRing {
  /** Signs new tokens. */
  signing(): SigningKey
  /** Public half of any key whose tokens may still live; null for all others. */
  verifying(kid: string): CryptoKey | null
  /** HMAC key of the refresh tokens. */
  readonly refresh: Uint8Array
  /** Makes a new signing key; the old one goes on verifying for as long as its tokens live. */
  rotate(): Promise<string>
}

export interface KeyRingOptions {
  /** Folder of the gateway. */
  readonly dir: string
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
}

/** Opens or makes `identity.keys.json`. @throws IdentityFileError when it is damaged, or readable by others */
export async function openKeyRing({ dir, now, random }: KeyRingOptions): Promise<KeyRing> {
  const path = join(dir, 'identity.keys.json')
  const fresh = () => ({
    kid: bytesToHex(random(8)),
    seed: bytesToHex(random(32)),
    madeAt: now(),
    retiredAt: null,
  })
  let ring: Ring
  let loaded = new Map<string, { signing: CryptoKey; verifying: CryptoKey }>()

  const keep = async (next: Ring): Promise<void> => {
    const keys = next.keys.filter(({ retiredAt }) => retiredAt === null || retiredAt + ACCESS_MS > now())
    ring = { ...next, keys }
    writeSecret(path, JSON.stringify(ring, null, 2))
    loaded = await importAll(keys)
  }
  const rotate = async (): Promise<string> => {
    const key = fresh()
    await keep({ ...ring, keys: [...ring.keys.map((old) => ({ ...old, retiredAt: old.retiredAt ?? now() })), key] })
    return key.kid
  }

  const found = readSecret(path)
  if (found === null) {
    await keep({ refresh: bytesToHex(random(32)), keys: [fresh()] })
  } else {
    ring = found
    loaded = await importAll(ring.keys)
    if (ring.keys.at(-1)!.madeAt + KEY_LIFE_MS < now()) await rotate()
  }

  return {
    signing() {
      const { kid } = ring.keys.at(-1)!
      return { kid, key: loaded.get(kid)!.signing }
    },
    verifying(kid) {
      const known = ring.keys.find((key) => key.kid === kid)
      const alive = known !== undefined && (known.retiredAt === null || known.retiredAt + ACCESS_MS > now())
      return alive ? loaded.get(kid)!.verifying : null
    },
    get refresh() {
      return hexToBytes(ring.refresh)
    },
    rotate,
  }
}

async function importAll(keys: Ring['keys']): Promise<Map<string, { signing: CryptoKey; verifying: CryptoKey }>> {
  const entries = keys.map(async ({ kid, seed }) => {
    const secret = hexToBytes(seed)
    const open = { kty: 'OKP', crv: 'Ed25519', x: base64url.encode(ed25519.getPublicKey(secret)) }
    const [signing, verifying] = await Promise.all([
      importJWK({ ...open, d: base64url.encode(secret) }, 'EdDSA'),
      importJWK(open, 'EdDSA'),
    ])
    return [kid, { signing: signing as CryptoKey, verifying: verifying as CryptoKey }] as const
  })
  return new Map(await Promise.all(entries))
}

function readSecret(path: string): Ring | null {
  let text: string
  try {
    if ((statSync(path).mode & 0o077) !== 0 && process.platform !== 'win32') {
      throw new IdentityFileError({
        what: `Others on this machine may read ${path}.`,
        fix: `Delete it (everybody signs in again), or if nobody read it: chmod 600 ${path}`,
        data: { path },
      })
    }
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  let json: unknown = null
  try {
    json = JSON.parse(text)
  } catch {
    // Falls through to the one error below.
  }
  const parsed = fileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new IdentityFileError({
    what: `${path} is damaged.`,
    fix: `Delete it: rm '${path}'. A new one is made at the next start, and everybody signs in again.`,
    data: { path },
  })
}

/** Whole or not at all, and never readable by others, not for a moment. */
function writeSecret(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.tmp`
  rmSync(draft, { force: true })
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
}

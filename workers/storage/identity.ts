/** The node's own ed25519 key and peer id. Source: libp2p peer-ids specification. */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesToBase58 } from '../../chain/lib/bytes.ts'
import { guard } from './blocks.ts'

/** Identity multihash (0x00) of 36 bytes: a protobuf with key type ed25519 and 32 bytes of key. */
const PEER_ID_PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)

/** Reads the folder's key, or makes one, readable by its owner alone. @returns the peer id, `12D3KooW…` */
export async function openIdentity(dir: string): Promise<string> {
  const path = join(dir, 'identity.pem')
  const pem = await guard(dir, async () => {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      const { privateKey } = generateKeyPairSync('ed25519')
      const made = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
      await writeFile(`${path}.tmp`, made, { mode: 0o600 })
      await rename(`${path}.tmp`, path)
      return made
    }
  })
  const spki = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' })
  return bytesToBase58(Buffer.concat([PEER_ID_PREFIX, spki.subarray(-32)]))
}

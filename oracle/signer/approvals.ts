/**
 * What no chain shows and an operator decides: rotations and further pauses. `blyan signer approve` puts a file into the
 * signer's folder; the running signer takes it through the same journal, so that two approvals for one epoch cannot both be signed.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { PAYLOAD_SCHEMAS } from '../../chain/client/bridge/signerApi.ts'
import { bytesToHex, utf8ToBytes } from '../../chain/lib/bytes.ts'
import { sha256 } from '../../chain/lib/hash.ts'
import { ApprovalInvalidError } from './errors.ts'
import type { Observation } from './types.ts'

export const APPROVAL_SCHEMA = 'blyan.approval/1'

/** As `blyan signer approve FILE` reads it. */
export const approvalSchema = z.discriminatedUnion('kind', [
  z.object({ schema: z.literal(APPROVAL_SCHEMA), kind: z.literal('rotate'), payload: PAYLOAD_SCHEMAS.rotate }),
  z.object({ schema: z.literal(APPROVAL_SCHEMA), kind: z.literal('pause'), payload: PAYLOAD_SCHEMAS.pause }),
])
export type Approval = z.infer<typeof approvalSchema>

const folder = (dir: string): string => join(dir, 'approved')

/** @throws ApprovalInvalidError with `data.field` */
export function parseApproval(text: string): Approval {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('', 'is not JSON')
  }
  const parsed = approvalSchema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw invalid(issue.path.join('.'), issue.message)
  }
  if (parsed.data.kind === 'rotate') requireSignerSet(parsed.data.payload)
  return parsed.data
}

/** Hands an approval to the signer of this folder. @returns the file */
export function placeApproval(dir: string, approval: Approval): string {
  mkdirSync(folder(dir), { recursive: true, mode: 0o700 })
  const text = JSON.stringify(approval)
  const path = join(folder(dir), `${bytesToHex(sha256(utf8ToBytes(text))).slice(0, 16)}.json`)
  writeFileSync(`${path}.part`, text, { mode: 0o600 })
  renameSync(`${path}.part`, path)
  return path
}

/** An approval that waits, with its file. */
export interface WaitingApproval {
  file: string
  observation: Observation
}

/** Approvals that wait. @param tell hears of files that are none; they are left aside */
export function readApprovals(dir: string, tell: (error: ApprovalInvalidError) => void): WaitingApproval[] {
  let names: string[]
  try {
    names = readdirSync(folder(dir)).filter((name) => name.endsWith('.json'))
  } catch {
    return [] // nothing was ever approved
  }
  return names.sort().flatMap((name): WaitingApproval[] => {
    const file = join(folder(dir), name)
    try {
      const { kind, payload } = parseApproval(readFileSync(file, 'utf8'))
      if (kind === 'rotate') return [{ file, observation: { kind, content: payload, source: null } }]
      const { nonce, direction } = payload
      return [{ file, observation: { kind, content: { nonce, direction }, source: null } }]
    } catch (error) {
      if (!(error instanceof ApprovalInvalidError)) throw error
      endApproval(file, 'refused')
      tell(error)
      return []
    }
  })
}

/** Leaves the file aside, so that an operator sees what became of it. */
export const endApproval = (file: string, how: 'signed' | 'refused'): void => renameSync(file, `${file}.${how}`)

/** The year 5138: milliseconds of today are beyond. */
const LATEST_S = 100_000_000_000n

/** As both contracts check it. */
function requireSignerSet({ signers, k, validFrom }: z.infer<typeof PAYLOAD_SCHEMAS.rotate>): void {
  const zero = '0'.repeat(40)
  if (BigInt(validFrom) > LATEST_S)
    throw invalid('payload.validFrom', 'is no time in Unix seconds; are they milliseconds?')
  if (signers.some((address, i) => address <= (signers[i - 1] ?? zero))) {
    throw invalid('payload.signers', 'is not strictly ascending, or holds the zero address')
  }
  if (k > signers.length || 2 * k <= signers.length) throw invalid('payload.k', 'is no majority of the signers')
}

const invalid = (field: string, why: string): ApprovalInvalidError =>
  new ApprovalInvalidError({
    what: `The approval: ${field || 'the document'} ${why}.`,
    fix: `Write { "schema": "${APPROVAL_SCHEMA}", "kind": "rotate" or "pause", "payload": … } as oracle/signer/README.md shows.`,
    data: { field },
  })

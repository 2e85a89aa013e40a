/** The feeder's configuration file, `blyan.feeder/1`. It holds no secrets: the key is a file of its own. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { isValidAccountId } from '../../chain/lib/accountId.ts'
import { FeederConfigError } from './errors.ts'

const account = z.string().refine(isValidAccountId, 'must be a NEAR account id')
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be a short name of a-z, 0-9 and -')
/** Keys from the top of a JSON document to the price, separated by dots; numbers count in lists. */
const path = z.string().max(256).default('')

const poolSource = z.strictObject({
  type: z.literal('pool'),
  name,
  dex: account,
  pool_id: z.int().min(0).max(4_294_967_295),
  base: account,
  base_decimals: z.int().min(0).max(36),
  quote: account,
  quote_decimals: z.int().min(0).max(36),
})

const httpSource = z.strictObject({
  type: z.literal('http'),
  name,
  url: z.url({ protocol: /^https?$/ }),
  path,
  timeout_ms: z.int().min(100).max(30_000).default(5_000),
  max_bytes: z.int().min(64).max(1_048_576).default(65_536),
  /** Development alone: plain http, and this machine's own loopback, no other private address. */
  allow_loopback: z.boolean().default(false),
})

const fileSource = z.strictObject({
  type: z.literal('file'),
  name,
  file: z.string().min(1),
  path,
  /** Older than this it does not count. */
  max_age_sec: z.int().min(1).max(86_400).default(300),
})

const source = z.discriminatedUnion('type', [poolSource, httpSource, fileSource])

const asset = z.strictObject({
  asset_id: z.string().min(1).max(64),
  /** Of the token that is priced. */
  token_decimals: z.int().min(0).max(36),
  /** Of the reported price, behind the point of a whole token. */
  digits: z.int().min(0).max(18).default(8),
  /** How far sources that agree may be apart, ten-thousandths. */
  spread_bps: z.int().min(1).max(5_000).default(200),
  sources: z
    .array(source)
    .min(2, 'needs two sources at least: one alone is never reported')
    .max(8)
    .refine((all) => new Set(all.map((each) => each.name)).size === all.length, 'has two sources of one name'),
})

export const feederConfigSchema = z.strictObject({
  schema: z.literal('blyan.feeder/1'),
  rpc: z.url({ protocol: /^https?$/ }),
  oracle: account,
  /** Between two rounds. */
  interval_sec: z.int().min(1).max(3_600).default(30),
  /** The oracle's own price of an asset may be so old before there is an alarm. */
  alarm_sec: z.int().min(1).max(86_400).default(120),
  /** Pools of which this feeder takes the oracle's snapshots, once a minute. */
  observe: z.array(z.int().min(0).max(4_294_967_295)).max(8).default([]),
  assets: z.array(asset).min(1).max(16),
})

export type FeederConfig = z.infer<typeof feederConfigSchema>
export type AssetConfig = FeederConfig['assets'][number]
export type SourceConfig = AssetConfig['sources'][number]
export type PoolSourceConfig = z.infer<typeof poolSource>
export type HttpSourceConfig = z.infer<typeof httpSource>
export type FileSourceConfig = z.infer<typeof fileSource>

/** @throws FeederConfigError naming the place that does not fit */
export function parseFeederConfig(raw: unknown, file = 'the configuration'): FeederConfig {
  const parsed = feederConfigSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const field = issue.path.join('.')
  throw new FeederConfigError({
    what: `${file} does not fit at "${field}": ${issue.message}.`,
    fix: 'Correct that field; oracle/feeder/README.md shows a whole file.',
    data: { field, file },
  })
}

/** @throws FeederConfigError also when there is no such file or it is no JSON */
export function readFeederConfig(file: string): FeederConfig {
  let raw: unknown
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code !== undefined
    throw new FeederConfigError({
      what: missing ? `The configuration ${file} cannot be read.` : `The configuration ${file} is no JSON.`,
      fix: 'Name a file with --config; oracle/feeder/README.md shows one.',
      data: { field: 'config', file },
      cause,
    })
  }
  return parseFeederConfig(raw, file)
}

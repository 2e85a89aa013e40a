/** A contract's schema table as near-abi JSON. Source: github.com/near/abi, schema version 0.4.0. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ContractSchema, MethodSchema, Shape } from '../../contracts/near/lib/schema.ts'
import { type JsonSchema, toJsonSchema } from './jsonSchema.ts'

export interface NearAbi {
  schema_version: '0.4.0'
  metadata: { name: string; version: string; authors: string[]; build: { compiler: string; builder: string } }
  body: { functions: AbiFunction[]; root_schema: JsonSchema }
}

interface AbiFunction {
  name: string
  doc: string
  kind: 'view' | 'call'
  modifiers?: ('init' | 'private' | 'payable')[]
  params?: { serialization_type: 'json'; args: { name: string; type_schema: JsonSchema }[] }
  result?: { serialization_type: 'json'; type_schema: JsonSchema }
}

/** Blyan's own version, which its contracts share. */
export function packageVersion(): string {
  const text = readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Methods in alphabetical order, as near-abi's tools write them. */
export function toAbi(schema: ContractSchema, version: string): NearAbi {
  const names = Object.keys(schema.methods).sort()
  return {
    schema_version: '0.4.0',
    metadata: {
      name: schema.name,
      version,
      authors: [],
      build: { compiler: 'near-sdk-js 2.0.0', builder: 'blyan contracts/toolchain' },
    },
    body: {
      functions: names.map((name) => toFunction(name, schema.methods[name]!)),
      root_schema: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        title: 'String',
        type: 'string',
        definitions: events(schema),
      },
    },
  }
}

function toFunction(name: string, method: MethodSchema): AbiFunction {
  const { kind, payable, args, returns, doc } = method
  const modifiers = (['init', 'private', 'payable'] as const).filter((modifier) => {
    return modifier === 'init' ? kind === 'init' : modifier === 'private' ? method.private : payable
  })
  const params = Object.entries(args).map(([field, shape]) => ({ name: field, type_schema: toJsonSchema(shape) }))
  return {
    name,
    doc: payable === '1yocto' ? `${doc} Requires exactly 1 yoctoNEAR.` : doc,
    kind: kind === 'view' ? 'view' : 'call',
    ...(modifiers.length > 0 && { modifiers }),
    ...(params.length > 0 && { params: { serialization_type: 'json' as const, args: params } }),
    ...(returns.is !== 'unit' && {
      result: { serialization_type: 'json' as const, type_schema: toJsonSchema(returns) },
    }),
  }
}

/** near-abi knows no events; they ride along as definitions `Event_<name>` of one element of the data array. */
function events({ events }: ContractSchema): JsonSchema {
  const entries = Object.entries(events).map(([name, { standard, version, data, doc }]): [string, JsonSchema] => {
    const shape: Shape = { is: 'object', fields: data, open: false }
    return [`Event_${name}`, { ...toJsonSchema(shape), title: `${standard} ${version} ${name}`, description: doc }]
  })
  return Object.fromEntries(entries)
}

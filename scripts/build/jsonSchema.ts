/** A field's shape as JSON Schema (draft 7), which is how near-abi describes arguments and results. */
import type { Fields, Shape } from '../../contracts/near/lib/schema.ts'

export type JsonSchema = {
  [key: string]: JsonSchema | JsonSchema[] | string | number | boolean | null | (string | number)[]
}

const DECIMAL = '^(0|[1-9][0-9]*)$'

export function toJsonSchema(shape: Shape): JsonSchema {
  switch (shape.is) {
    case 'string':
      return { type: 'string', maxLength: shape.max }
    case 'account':
      return { type: 'string', minLength: 2, maxLength: 64, description: 'NEAR account id' }
    case 'u128':
      return { type: 'string', pattern: DECIMAL, maxLength: 39, description: '0 to 2^128 - 1, decimal' }
    case 'u64':
      return { type: 'string', pattern: DECIMAL, maxLength: 20, description: '0 to 2^64 - 1, decimal' }
    case 'integer':
      return { type: 'integer', minimum: shape.min, maximum: shape.max }
    case 'hex':
      return { type: 'string', pattern: `^[0-9a-f]{${shape.bytes * 2}}$` }
    case 'cid':
      return { type: 'string', pattern: '^baf(ybei|krei)[a-h][a-z2-7]{50}[aeimquy4]$', description: 'CIDv1, sha2-256' }
    case 'boolean':
      return { type: 'boolean' }
    case 'oneOf':
      return { enum: [...shape.values] }
    case 'list':
      return { type: 'array', items: toJsonSchema(shape.of), minItems: shape.min, maxItems: shape.max }
    case 'optional':
    case 'nullable':
      return { anyOf: [toJsonSchema(shape.of), { type: 'null' }] }
    case 'object':
      return { type: 'object', ...fieldsSchema(shape.fields, shape.open) }
    case 'json':
      return {}
    case 'unit':
      return { type: 'null' }
  }
}

/** `properties`, `required` and `additionalProperties` of a table of fields. */
export function fieldsSchema(fields: Fields, open: boolean): JsonSchema {
  return {
    properties: Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, toJsonSchema(shape)])),
    required: Object.keys(fields).filter((name) => fields[name]!.is !== 'optional'),
    additionalProperties: open,
  }
}

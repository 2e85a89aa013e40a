/** A field's shape as TypeScript text, in its JSON form: amounts are decimal strings. */
import type { Fields, Shape } from '../../contracts/near/lib/schema.ts'

/** @param indent  spaces before the lines of a nested object */
export function typeText(shape: Shape, indent = ''): string {
  switch (shape.is) {
    case 'string':
      return 'string'
    case 'account':
      return 'AccountId'
    case 'u128':
      return 'U128'
    case 'u64':
      return 'U64'
    case 'hex':
      return 'Hex'
    case 'cid':
      return 'Cid'
    case 'integer':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'oneOf':
      return shape.values.map((value) => (typeof value === 'string' ? `'${value}'` : `${value}`)).join(' | ')
    case 'list': {
      const of = typeText(shape.of, indent)
      return / [|&] /.test(of) && !of.startsWith('{') ? `(${of})[]` : `${of}[]`
    }
    case 'optional':
    case 'nullable':
      return `${typeText(shape.of, indent)} | null`
    case 'object':
      return fieldsText(shape.fields, indent)
    case 'json':
      return 'unknown'
    case 'unit':
      return 'null'
  }
}

export function fieldsText(fields: Fields, indent = ''): string {
  const lines = Object.entries(fields).map(([name, shape]) => {
    return `${indent}  ${name}${shape.is === 'optional' ? '?' : ''}: ${typeText(shape, `${indent}  `)}`
  })
  return lines.length === 0 ? '{}' : ['{', ...lines, `${indent}}`].join('\n')
}

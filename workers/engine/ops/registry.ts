/** All operators that the engine knows, by family. A new operator is one entry in its family's file. */

import { UnsupportedOpError } from '../errors.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { linalg } from './linalg.ts'
import { movement } from './movement.ts'
import { reduction } from './reduction.ts'
import type { OpRule, OpTable } from './rule.ts'
import { utility } from './utility.ts'

export const OPS: OpTable = { ...elementwise, ...linalg, ...movement, ...indexing, ...reduction, ...utility }

/** @throws UnsupportedOpError when the engine has no rule */
export function ruleOf(op: string, domain = ''): OpRule {
  if ((domain === '' || domain === 'ai.onnx') && Object.hasOwn(OPS, op)) return OPS[op]
  throw new UnsupportedOpError({
    what: `Operator ${domain === '' ? op : `${domain}.${op}`} is not supported.`,
    fix: 'workers/engine/FEATURES.md lists the operators; export the model in terms of these.',
    data: { op, domain },
  })
}

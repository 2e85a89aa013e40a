/**
 * Branch coverage of Solidity: each condition in contracts/evm is wrapped in a call that tells the simulated network which way
 * it went. Hardhat 3 measures statements and lines alone; its address for reports is used here.
 * Source: @nomicfoundation/edr, coverage.sol.
 */
import { readSolidity, runSolc } from '../build/solidity.ts'

export interface Condition {
  id: number
  /** From the root. */
  file: string
  line: number
  /** The condition as written. */
  text: string
}

interface AstNode {
  nodeType: string
  src: string
  [key: string]: unknown
}

const LIBRARY = 'contracts/evm/BranchCoverage.sol'
const LIBRARY_TEXT = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;
library BranchCoverage {
    function went(uint256 id, bool taken) internal pure returns (bool) {
        _asPure(_report)(2 * id + (taken ? 1 : 0));
        return taken;
    }
    function _report(uint256 hit) private view {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, hit)
            pop(staticcall(gas(), 0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE, free, 32, 0, 0))
        }
    }
    function _asPure(function(uint256) internal view f) private pure returns (function(uint256) internal pure g) {
        assembly { g := f }
    }
}
`

/**
 * Sources with their conditions wrapped, test doubles left as they are. Counted are the conditions of if, while, for and ?:, and
 * the left side of && and ||. Left out is `assert`, which is never false.
 */
export function instrument(all = readSolidity()): { sources: Record<string, string>; conditions: Condition[] } {
  const asts = runSolc(all, { '': ['ast'] }).sources!
  const conditions: Condition[] = []
  const sources: Record<string, string> = { [LIBRARY]: LIBRARY_TEXT }
  for (const [file, text] of Object.entries(all)) {
    const found = file.includes('/test-doubles/') ? [] : conditionsOf(asts[file]!.ast as AstNode)
    sources[file] = found.length === 0 ? text : wrap(file, text, found, conditions)
  }
  return { sources, conditions }
}

/** The hits that a condition makes when it is false and when it is true. */
export const hitsOf = ({ id }: Condition): [number, number] => [2 * id, 2 * id + 1]

function conditionsOf(node: AstNode): AstNode[] {
  const own: unknown[] = []
  if (['IfStatement', 'WhileStatement', 'DoWhileStatement', 'ForStatement', 'Conditional'].includes(node.nodeType)) {
    own.push(node.condition)
  }
  if (node.nodeType === 'BinaryOperation' && (node.operator === '&&' || node.operator === '||')) {
    own.push(node.leftExpression)
  }
  const children = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]))
  return [...own.filter(isNode), ...children.filter(isNode).flatMap(conditionsOf)]
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && typeof (value as AstNode).nodeType === 'string'
}

/** Wraps the found expressions of one file and adds them to `conditions`. Offsets of solc count bytes. */
function wrap(file: string, text: string, found: readonly AstNode[], conditions: Condition[]): string {
  const bytes = Buffer.from(text)
  const unique = [...new Map(found.map((node) => [node.src, node])).values()]
  const inserts: { at: number; text: string; order: number }[] = []
  for (const { src } of unique) {
    const [start, length] = src.split(':').map(Number) as [number, number]
    const id = conditions.length
    const line = bytes.subarray(0, start).toString().split('\n').length
    const written = bytes
      .subarray(start, start + length)
      .toString()
      .replace(/\s+/g, ' ')
    conditions.push({ id, file, line, text: written })
    // Outer before inner where they begin together, inner before outer where they end together.
    inserts.push({ at: start, text: `BranchCoverage.went(${id}, `, order: -length })
    inserts.push({ at: start + length, text: ')', order: -1e9 + length })
  }
  inserts.sort((a, b) => a.at - b.at || a.order - b.order)
  const parts: Buffer[] = []
  let done = 0
  for (const { at, text: added } of inserts) {
    parts.push(bytes.subarray(done, at), Buffer.from(added))
    done = at
  }
  parts.push(bytes.subarray(done))
  const wrapped = Buffer.concat(parts).toString()
  return wrapped.replace(/(pragma solidity [^;]+;)/, `$1 import {BranchCoverage} from "${LIBRARY}";`)
}

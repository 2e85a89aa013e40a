/**
 * Solidity by npm's solc, in process: the compiler is WebAssembly, so nothing is downloaded or installed natively.
 * Source: "Compiler Input and Output JSON Description", docs.soliditylang.org.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import type { Abi } from 'viem'
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const EVM = resolve(ROOT, 'contracts/evm')
const CACHE = resolve(EVM, 'build')
// The contracts, their instrumented form, three weak bridges, and some branches of work.
const KEPT_OUTCOMES = 32

/** What every contract is compiled by; also what hardhat.config.ts tells Hardhat. */
export const SOLC_SETTINGS = {
  evmVersion: 'cancun',
  // Calls are paid for ever, deployment once: figures in docs/results/gas-evm.json. Without viaIR, which compiles 3 × slower.
  optimizer: { enabled: true, runs: 1_000_000 },
  metadata: { bytecodeHash: 'none' },
} as const

export interface EvmContract {
  /** From the root, as `contracts/evm/BlyToken.sol`. */
  source: string
  abi: Abi
  /** Creation code, 0x. */
  bytecode: `0x${string}`
  deployedBytecode: `0x${string}`
  /** Of the creation code, hex. */
  sha256: string
}

export type EvmContracts = Record<string, EvmContract>

/** The compiler refused the sources. */
export class SolidityError extends BlyanError {
  static override readonly code: string = 'SOLIDITY_REFUSED'
  static override readonly fault: Fault = 'user'
}

/** Text of every Solidity source of contracts/evm by its path from the root. */
export function readSolidity(): Record<string, string> {
  const found = readdirSync(EVM, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.sol') && !name.startsWith('build/'))
  return Object.fromEntries(
    found.sort().map((name) => [`contracts/evm/${name}`, readFileSync(resolve(EVM, name), 'utf8')]),
  )
}

interface SolcOutput {
  errors?: { severity: string; formattedMessage: string; sourceLocation?: { file: string } }[]
  contracts?: Record<string, Record<string, SolcContract>>
  sources?: Record<string, { ast: unknown }>
}

interface SolcContract {
  abi: Abi
  evm: { bytecode: { object: string }; deployedBytecode: { object: string } }
}

/**
 * Compiles sources of this checkout; imports of packages are read from node_modules. The same input is compiled once:
 * the outcome is kept in contracts/evm/build under the hash of all that went in.
 * @param sources path from the root → text   @returns by contract name, interfaces and libraries left out
 * @throws SolidityError with the compiler's message, a warning of our own sources included
 */
export function compileSolidity(sources: Record<string, string>): EvmContracts {
  const require = createRequire(import.meta.url)
  const versions = ['solc', '@openzeppelin/contracts'].map((name) => require(`${name}/package.json`).version as string)
  const key = createHash('sha256')
    .update(JSON.stringify([versions, SOLC_SETTINGS, sources]))
    .digest('hex')
  const cached = resolve(CACHE, `${key.slice(0, 32)}.json`)
  try {
    return JSON.parse(readFileSync(cached, 'utf8')) as EvmContracts
  } catch {
    // Not built yet, or half a file of a machine that went down.
  }
  const contracts = contractsOf(
    runSolc(sources, { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] }),
  )
  mkdirSync(CACHE, { recursive: true })
  const partial = `${cached}.${process.pid}`
  writeFileSync(partial, JSON.stringify(contracts))
  renameSync(partial, cached)
  forgetOldest()
  return contracts
}

/** Outcomes of sources that are long gone would pile up. */
function forgetOldest(): void {
  const outcomes = readdirSync(CACHE).filter((name) => name.endsWith('.json'))
  const aged = outcomes.map((name) => ({
    name,
    at: statSync(resolve(CACHE, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  }))
  for (const { name } of aged.sort((a, b) => b.at - a.at).slice(KEPT_OUTCOMES))
    rmSync(resolve(CACHE, name), { force: true })
}

/** One run of the compiler. @param select which outputs, `*` for a contract's and `''` for a file's */
export function runSolc(sources: Record<string, string>, select: Record<string, string[]>): SolcOutput {
  const require = createRequire(import.meta.url)
  const solc = require('solc') as { compile(input: string, callbacks: { import(path: string): unknown }): string }
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
    settings: { ...SOLC_SETTINGS, outputSelection: { '*': select } },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readPackage })) as SolcOutput
  const refused = (output.errors ?? []).filter(
    ({ severity, sourceLocation }) => severity === 'error' || sourceLocation?.file.startsWith('contracts/'),
  )
  if (refused.length > 0) {
    throw new SolidityError({
      what: refused.map(({ formattedMessage }) => formattedMessage).join('\n'),
      fix: 'Mend the source; warnings of our own contracts count as errors.',
    })
  }
  return output
}

function readPackage(path: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(resolve(ROOT, 'node_modules', path), 'utf8') }
  } catch {
    return { error: `${path} is in no package` }
  }
}

function contractsOf(output: SolcOutput): EvmContracts {
  const contracts: EvmContracts = {}
  for (const [source, found] of Object.entries(output.contracts ?? {})) {
    for (const [name, { abi, evm }] of Object.entries(found)) {
      if (!source.startsWith('contracts/evm/') || abi.length === 0 || evm.bytecode.object === '') continue
      contracts[name] = {
        source,
        abi,
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
        sha256: createHash('sha256').update(Buffer.from(evm.bytecode.object, 'hex')).digest('hex'),
      }
    }
  }
  return contracts
}

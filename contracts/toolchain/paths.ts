/** Where the toolchain finds and leaves things. One value, so that a test can build a copy in another folder. */
import { resolve } from 'node:path'

export interface Places {
  /** The checkout: source maps and errors name files from here. */
  root: string
  /** Folder of the contracts package: package.json, node_modules. */
  contracts: string
  /** Folder whose subfolders hold a contract.ts each. */
  sources: string
  /** C shims of the toolchain. */
  runtime: string
  /** Git-ignored outputs. */
  build: string
  /** Compiled C objects and stamps, by hash of their inputs. */
  cache: string
}

/** The places of a checkout. @param root  its folder, this one by default */
export function places(root: string = resolve(import.meta.dirname, '../..')): Places {
  const contracts = resolve(root, 'contracts')
  return {
    root,
    contracts,
    sources: resolve(contracts, 'near'),
    runtime: resolve(contracts, 'toolchain/runtime'),
    build: resolve(contracts, 'build'),
    cache: resolve(contracts, 'build/cache'),
  }
}

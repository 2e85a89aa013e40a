/** Hardhat for people who look at the contracts by its commands; our own build and tests use npm's solc in process. */
import { createRequire } from 'node:module'
import { defineConfig } from 'hardhat/config'
import { SOLC_SETTINGS } from './scripts/build/solidity.ts'

export default defineConfig({
  paths: {
    sources: './contracts/evm',
    artifacts: './contracts/evm/build/artifacts',
    cache: './contracts/evm/build/cache',
  },
  solidity: {
    version: '0.8.37',
    path: createRequire(import.meta.url).resolve('solc/soljson.js'),
    settings: SOLC_SETTINGS,
  },
})

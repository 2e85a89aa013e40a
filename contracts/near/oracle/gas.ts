/** Gas that the oracle attaches or asks for, in gas units. Measured on the built wasm: docs/results/gas-oracle.json. */

const TERA = 1_000_000_000_000n

/** Least gas for oracle_call: one asset of 16 reports is read with 4 of them, the receiver gets all that is left. */
export const GAS_FOR_ORACLE_CALL = 20n * TERA

/** For the dex's `get_pool`: ours takes under 3 TGas, Ref's own view under 5. */
export const GAS_FOR_GET_POOL = 10n * TERA

/** on_pool parses one reply and writes two records. */
export const GAS_FOR_ON_POOL = 10n * TERA

/** Least gas for observe: itself, the dex and the callback. */
export const GAS_FOR_OBSERVE = 25n * TERA

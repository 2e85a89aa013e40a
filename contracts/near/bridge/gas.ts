/** Gas that the bridge attaches or asks for, in gas units. Measured on the built wasm: docs/results/gas-bridge.json. */

const TERA = 1_000_000_000_000n

/** bly.ft_transfer burns about 3 TGas. */
export const GAS_FOR_FT_TRANSFER = 10n * TERA

/** on_unlocked and on_collected write three records at most and must never run out: some 3 TGas, and room for deep tries. */
export const GAS_FOR_CALLBACK = 15n * TERA

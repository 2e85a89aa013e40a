/** Gas that the market attaches or asks for, in gas units. Measured on the built wasm: docs/results/gas-market.json. */

const TERA = 1_000_000_000_000n

/** bly.ft_transfer burns about 3 TGas. */
export const GAS_FOR_FT_TRANSFER = 10n * TERA

/** bly.burn burns about 3 TGas. */
export const GAS_FOR_BURN = 10n * TERA

/** on_paid and on_burned write one record each and must never run out. */
export const GAS_FOR_CALLBACK = 10n * TERA

/** What a stake or task message needs; less, and the token keeps the sender's BLY safe by this call's refusal. */
export const GAS_FOR_ON_TRANSFER = 12n * TERA

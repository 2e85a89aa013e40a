/** Gas that BLY attaches or asks for, in gas units. Measured on the built wasm: docs/results/gas-bly.json. */

const TERA = 1_000_000_000_000n

/** ft_resolve_transfer on the built wasm burns 1.6 TGas; the rest is room for a longer trie path. */
export const GAS_FOR_RESOLVE = 4n * TERA

/** Least gas for ft_transfer_call: 5 for itself and the resolver's 4 leave the receiver 20 and more, as NEP-141 tokens do. */
export const GAS_FOR_TRANSFER_CALL = 30n * TERA

/** Gas that BLY attaches or asks for, in gas units. Measured on the built wasm: docs/results/gas-bly.json. */

const TERA = 1_000_000_000_000n

/**
 * ft_resolve_transfer burns 2.6 TGas at most, 0.9 of it NEAR's fees for any call, which are charged apart. The rest is room
 * for deep trie paths on a large network: four writes at some twenty nodes of 16 GGas.
 */
export const GAS_FOR_RESOLVE = 5n * TERA

/** Least gas for ft_transfer_call, as NEP-141 tokens ask: itself and the resolver take 9, the receiver gets 20 and more. */
export const GAS_FOR_TRANSFER_CALL = 30n * TERA

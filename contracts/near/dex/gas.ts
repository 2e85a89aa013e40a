/** Gas that the exchange attaches, in gas units. Measured on the built wasm: docs/results/gas-dex.json. */

const TERA = 1_000_000_000_000n

/** BLY's ft_transfer burns 2.8 TGas and a Rust token's less; four times that leaves room for tokens that do more. */
export const GAS_FOR_FT_TRANSFER = 12n * TERA

/** The callback's dearest case, giving back what could not be sent, with room for deep trie paths. */
export const GAS_FOR_POST_WITHDRAW = 8n * TERA

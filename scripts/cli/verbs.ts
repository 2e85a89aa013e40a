/** The commands: which words start which file, and the sentence that says what each does. */

export interface Verb {
  /** Words after `blyan`; the longest match wins. */
  words: string
  /** Module in this folder that exports `run(argv): Promise<number>`. */
  file: string
  sentence: string
}

export const VERBS: readonly Verb[] = [
  {
    words: 'up',
    file: 'up.ts',
    sentence: 'Runs a whole market on this machine, trains a model in it, and shows who was paid and why.',
  },
  {
    words: 'test',
    file: 'test.ts',
    sentence: 'Runs the checks and tests; ends with how many passed, failed and were skipped.',
  },
  {
    words: 'bench',
    file: 'bench.ts',
    sentence: 'Measures one part, beside its peers where there are any, and writes the figures as JSON.',
  },
  {
    words: 'node',
    file: 'node.ts',
    sentence: 'Earns with this machine: trains, checks the work of others, or serves a task of yours.',
  },
  {
    words: 'task',
    file: 'task.ts',
    sentence: 'Orders a training, shows its progress, or downloads the trained model.',
  },
  { words: 'stake', file: 'stake.ts', sentence: 'Adds, removes, keeps or shows the BLY that stands for your work.' },
  { words: 'claim', file: 'claim.ts', sentence: 'Collects what you have earned.' },
  { words: 'why', file: 'why.ts', sentence: 'Explains every amount of an account: rule, figures, evidence.' },
  {
    words: 'receipt',
    file: 'receipt.ts',
    sentence: 'Shows a work receipt, or checks it against the chain, link by link.',
  },
  {
    words: 'index',
    file: 'indexCommand.ts',
    sentence: 'Rebuilds, hashes or checks the tables that the gateway derives from the chain.',
  },
  {
    words: 'gateway',
    file: 'gateway.ts',
    sentence: 'Serves the page, REST, live events and answers over one market.',
  },
  { words: 'price', file: 'price.ts', sentence: 'Shows the oracle’s price of BLY: age, sources, spread.' },
  { words: 'feeder', file: 'feeder.ts', sentence: 'Reports what several sources of prices agree on to the oracle.' },
  {
    words: 'bridge',
    file: 'bridge.ts',
    sentence: 'Moves BLY between NEAR and an EVM chain, and shows where each transfer stands.',
  },
  {
    words: 'relayer',
    file: 'relayer.ts',
    sentence: 'Carries signed transfers between NEAR and EVM; anyone may, it holds gas money alone.',
  },
  { words: 'chain', file: 'chain.ts', sentence: 'Runs the embedded NEAR chain for contract developers.' },
  {
    words: 'chain market',
    file: 'chainMarket.ts',
    sentence: 'Deploys BLY and the market on a development chain.',
  },
  {
    words: 'chain account',
    file: 'chainAccount.ts',
    sentence: 'Makes an account with key and BLY on a development chain.',
  },
  {
    words: 'chain call-wasm',
    file: 'chainCallWasm.ts',
    sentence: 'Calls one method of a contract file outside any chain and shows gas, logs and writes.',
  },
  {
    words: 'chain instrument',
    file: 'chainInstrument.ts',
    sentence: 'Rewrites a contract file with the metering that the chain uses.',
  },
  {
    words: 'gateway admin',
    file: 'gatewayAdmin.ts',
    sentence: 'Shows keys, limits, audit log and relay of the gateway on this machine; ends a key.',
  },
  {
    words: 'signer',
    file: 'signer.ts',
    sentence: 'Watches both chains of a bridge and signs what two RPCs agree on: one voice of k.',
  },
  {
    words: 'signer approve',
    file: 'signerApprove.ts',
    sentence: 'Lets this machine’s signer sign a rotation or a further pause, which no chain shows.',
  },
  {
    words: 'signer keygen',
    file: 'signerKeygen.ts',
    sentence: 'Makes a signer’s key in a file that only its passphrase opens, and shows its address.',
  },
  { words: 'engine', file: 'engine.ts', sentence: 'Computes gradients or a step-by-step trace of an ONNX model.' },
]

/** The command that `argv` starts with, and the arguments left for it; null when there is none. */
export function findVerb(argv: readonly string[]): { verb: Verb; rest: string[] } | null {
  for (const length of [2, 1]) {
    const words = argv.slice(0, length).join(' ')
    const verb = VERBS.find((candidate) => candidate.words === words)
    if (verb !== undefined && argv.length >= length) return { verb, rest: argv.slice(length) }
  }
  return null
}

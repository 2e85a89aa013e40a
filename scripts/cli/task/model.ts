/** `blyan task model`: the trained model as an ONNX file that any ONNX Runtime runs: what the requester paid for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../../chain/client/near/index.ts'
import { toHex } from '../../../chain/client/protocol.ts'
import { NETWORKS } from '../../../near.config.ts'
import { adamw, exportInference, gpt } from '../../../workers/engine/index.ts'
import { openStorage } from '../../../workers/node/openStorage.ts'
import { loadCanonicalRuntime } from '../../../workers/node/runtime/canonical.ts'
import { openTask, sha256 } from '../../../workers/node/taskContext.ts'
import { marketViews } from '../../../workers/node/views.ts'
import { parseArgs } from '../args.ts'
import { UsageError } from '../errors.ts'

const SPEC = {
  command: 'task model',
  sentence: 'Downloads the trained model as an ONNX file that any ONNX Runtime runs.',
  positionals: [{ name: 'TASK', help: 'number of the task', required: true }],
  flags: {
    rpc: { type: 'string', help: 'NEAR RPC', value: 'URL', default: NETWORKS.embedded.rpcUrl },
    out: { type: 'string', help: 'where to write it; model-TASK.onnx when absent', value: 'FILE' },
    round: { type: 'integer', help: 'the model after this many rounds; the last when absent', min: 0, max: 1000 },
    ipfs: { type: 'string', help: "a Kubo node's RPC to fetch from", value: 'URL' },
    market: {
      type: 'string',
      help: 'the market contract',
      value: 'ACCOUNT',
      default: NETWORKS.embedded.contracts.market,
    },
    json: { type: 'boolean', help: 'JSON instead of sentences' },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const id = positionals[0]
  const client = connect({ rpcUrl: flags.rpc })
  const views = marketViews((method, args) => client.view(flags.market, method, args))
  const task = await views.task(id)
  const round = flags.round ?? task.rounds_settled
  if (round > task.rounds_settled) {
    throw new UsageError({
      what: `Task ${id} has settled ${task.rounds_settled} rounds; round ${round} is not there yet.`,
      fix: `Use --round ${task.rounds_settled}, or wait.`,
      data: { field: 'round' },
    })
  }
  const dir = mkdtempSync(join(tmpdir(), 'blyan-model-'))
  const store = await openStorage({ dir, host: '127.0.0.1', port: 0, ipfsUrl: flags.ipfs })
  try {
    const context = await openTask(task, {
      views,
      peersOf: async (accounts) =>
        (await Promise.all(accounts.map(async (account) => (await views.node(account))?.peer ?? ''))).filter(Boolean),
      runtime: await loadCanonicalRuntime(),
      counters: adamw().lengths(1).counters,
      fetch: (cid, maxBytes, from) => store.cat(cid, { maxBytes, from }),
    })
    const { parameters, hash } = await context.base(round)
    const bytes = exportInference(gpt(context.document.model), parameters)
    const out = flags.out ?? `model-${id}.onnx`
    writeFileSync(out, bytes)
    const result = { task: id, round, file: out, bytes: bytes.length, sha256: toHex(sha256(bytes)), parameters: hash }
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(result)}\n`
        : `${out}: ${(bytes.length / 1e6).toFixed(1)} MB, the model of task ${id} after ${round} rounds\n` +
            `merged on this machine from the updates that the chain names; its parameters hash to ${hash.slice(0, 8)}..\n` +
            'input tokens int64 [batch, time], output logits float32 [batch, time, 256]\n',
    )
    return 0
  } finally {
    await store.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

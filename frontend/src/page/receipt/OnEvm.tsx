/** The receipt on the EVM chain: how far the list is anchored there, and the verifier contract's own answer about this one. */
import { BaseError, ContractFunctionRevertedError } from 'viem'
import { proveIncluded } from '../../../../chain/client/bridge/index.ts'
import { receiptVerifierAbi } from '../../../../chain/client/evm/abi.gen.ts'
import { listOf, receiptLine } from '../../../../chain/client/gateway/index.ts'
import { encodeReceipt, type Receipt, toHex } from '../../../../chain/client/protocol.ts'
import { BlyanError, type Fault } from '../../../../chain/lib/errors.ts'
import type { ApiClient } from '../../api/client.ts'
import { GatewayProblem } from '../../api/errors.ts'
import { Hash } from '../../component/Hash.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { Loaded } from '../../component/states.tsx'
import { countText } from '../../format/amount.ts'
import { useServices } from '../../shell/services.tsx'
import { type Bridge, useBridge, useRead } from '../bridge/useBridge.ts'

/** The contract answered, but about another receipt. */
export class EvmReceiptError extends BlyanError {
  static override readonly code: string = 'PAGE_EVM_RECEIPT'
  static override readonly fault: Fault = 'peer'
}

/** Hashes that a page fetches to compute a path; a longer list is the command line's. */
const MOST_HASHES = 5_000
const PAGE = 100

export interface OnEvmProps {
  index: number
  receipt: Receipt
}

export default function OnEvm(props: OnEvmProps) {
  const bridge = useBridge()
  if (bridge.problem instanceof GatewayProblem && bridge.problem.code === 'GATEWAY_NO_BRIDGE') {
    return <p>This gateway knows no bridge, so no EVM chain holds its list of receipts.</p>
  }
  return (
    <Loaded asked={bridge} what="the bridge" lines={4}>
      {(parts) => <Anchored bridge={parts} {...props} />}
    </Loaded>
  )
}

type Answer =
  | { state: 'none' }
  | { state: 'beyond' | 'long'; size: bigint }
  | { state: 'verified'; size: bigint; root: string; steps: number }

function Anchored({ bridge, index, receipt }: OnEvmProps & { bridge: Bridge }) {
  const { api } = useServices()
  const asked = useRead(bridge, ['receipt on evm', index], 15_000, (at) => askVerifier(at, api, index, receipt))
  return (
    <div className="stack">
      <Loaded asked={asked} what="the verifier’s answer" lines={4}>
        {(answer) => <Said answer={answer} index={index} verifier={bridge.deployment.evm.verifier} />}
      </Loaded>
      <p>The same in a terminal, over an EVM node of your choice:</p>
      <pre>{`./blyan receipt verify ${index} --evm`}</pre>
    </div>
  )
}

function Said({ answer, index, verifier }: { answer: Answer; index: number; verifier: string }) {
  switch (answer.state) {
    case 'none':
      return <p>No list is anchored on EVM yet: signers anchor receipts once their tasks are payable.</p>
    case 'beyond':
      return (
        <p>
          The first {countText(Number(answer.size))} receipts are anchored on EVM; receipt {index} is not among them
          yet. Signers anchor it once its task is payable.
        </p>
      )
    case 'long':
      return (
        <p>
          The first {countText(Number(answer.size))} receipts are anchored on EVM, this one among them. That list is too
          long for a page to compute a path in: the command does.
        </p>
      )
    case 'verified':
      return (
        <div className="stack">
          <p>
            <Stamp mark={{ word: 'Verified on EVM', tone: 'ok' }} />
          </p>
          <dl className="receipt-chain">
            <dt>anchored list, on chain</dt>
            <dd className="figure">{countText(Number(answer.size))} receipts</dd>
            <dt>its root</dt>
            <dd>
              <Hash value={answer.root} label="root" />
            </dd>
            <dt>path, computed here</dt>
            <dd>{answer.steps} steps</dd>
            <dt>checked by the contract</dt>
            <dd>
              <Hash value={verifier} label="ReceiptVerifier" />
            </dd>
          </dl>
          <p className="detail">
            The contract recomputed it from these very bytes. That the list is the market’s is the word of the bridge’s
            signers, no more.
          </p>
        </div>
      )
  }
}

/** @throws AnchorMismatchError · EvmReceiptError, and what the contract refuses */
async function askVerifier(
  { deployment, evm, evmClient }: Bridge,
  api: ApiClient,
  index: number,
  receipt: Receipt,
): Promise<Answer> {
  const anchored = await evm.anchored()
  const { size, root } = anchored
  if (size === 0n) return { state: 'none' }
  if (BigInt(index) >= size) return { state: 'beyond', size }
  if (size > BigInt(MOST_HASHES)) return { state: 'long', size }
  const proof = proveIncluded(anchored, { hashes: await allHashes(api, Number(size)), tainted: [] }, index)
  const said = await evmClient
    .readContract({
      address: deployment.evm.verifier,
      abi: receiptVerifierAbi,
      functionName: 'verify',
      args: [`0x${toHex(encodeReceipt(receipt))}`, proof.size, [...proof.path]],
    })
    .catch(refused(index))
  if (
    Number(said.index) !== index ||
    said.worker !== receipt.worker ||
    String(said.reward) !== String(receipt.reward)
  ) {
    throw new EvmReceiptError({
      what: `The verifier on EVM answered about receipt ${said.index} of ${said.worker}.`,
      fix: 'Ask over another EVM node: ./blyan receipt verify with --evm-rpc.',
    })
  }
  return { state: 'verified', size, root, steps: proof.path.length }
}

/** The contract's no is told apart from a node that is away. */
const refused =
  (index: number) =>
  (error: unknown): never => {
    const reverted = error instanceof BaseError && error.walk((each) => each instanceof ContractFunctionRevertedError)
    if (!(reverted instanceof ContractFunctionRevertedError)) throw error
    throw new EvmReceiptError({
      what: `The verifier on EVM refuses receipt ${index}: ${reverted.data?.errorName ?? 'it gives no reason'}.`,
      fix: 'Do not rely on it. Ask over another EVM node: ./blyan receipt verify with --evm-rpc.',
      cause: error,
    })
  }

/** From the first receipt on. Whatever the gateway says, another list gives another root. */
async function allHashes(api: ApiClient, size: number): Promise<string[]> {
  const hashes: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await api.call('/api/v1/receipts', listOf(receiptLine), {
      query: { cursor, limit: PAGE },
      token: 'none',
    })
    for (const { index, hash } of page.items) if (index < size) hashes[index] = hash
    if (page.next === null) return hashes
    cursor = page.next
  }
}

/**
 * From the market on NEAR to a proof on EVM: reads all receipts, finds the tainted ones, and recomputes path and gap
 * for one, so that no RPC is believed: what does not give the anchored roots is refused. Run by
 * test/evm/examples.test.ts.
 */
import type { PublicClient } from 'viem'
import {
  findTainted,
  type GapProof,
  type InclusionProof,
  proveIncluded,
  proveUntaintedAt,
} from '../../chain/client/bridge/index.ts'
import { receiptVerifierAbi } from '../../chain/client/evm/abi.gen.ts'
import type { MarketContract } from '../../chain/client/near/market.gen.ts'
import { encodeReceipt, type Receipt, receiptHash, toHex } from '../../chain/client/protocol.ts'
import { keccak256 } from '../../chain/lib/hash.ts'

const PAGE = 50

export interface ReceiptProof {
  /** Canonical bytes. */
  receipt: `0x${string}`
  inclusion: InclusionProof
  gap: GapProof
}

/** @param market `marketContract(connect({ … }), account)` of chain/client/near, or anything with these three views */
export async function proveReceipt(
  market: Pick<MarketContract, 'get_receipts' | 'get_round' | 'get_dispute'>,
  evm: PublicClient,
  verifier: `0x${string}`,
  index: number,
): Promise<ReceiptProof> {
  const [size, root, tainted] = await evm.readContract({
    address: verifier,
    abi: receiptVerifierAbi,
    functionName: 'latest',
  })
  const anchored = { size, root: root.slice(2), tainted: tainted.slice(2) }
  const receipts: Receipt[] = []
  while (receipts.length < size) {
    const page = (await market.get_receipts({ from_index: receipts.length, limit: PAGE })) as Receipt[]
    if (page.length === 0) break
    receipts.push(...page)
  }
  const hashes = receipts.map((receipt) => receiptHash(keccak256, receipt))
  const source = { hashes, tainted: await findTainted(market, receipts) }
  return {
    inclusion: proveIncluded(anchored, source, index),
    receipt: `0x${toHex(encodeReceipt(receipts[index]!))}`,
    gap: proveUntaintedAt(anchored, source, index),
  }
}

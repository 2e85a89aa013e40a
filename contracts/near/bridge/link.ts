/** A NEAR account says where its rewards on EVM go; signers attest it. A later link replaces an earlier one. */
import { requireOneYocto } from '../lib/access.ts'
import { chargeStorage } from '../lib/meteredStorage.ts'
import { formatEvmAddress } from '../lib/pure/bridgePayload.ts'
import type { Bridge } from './context.ts'
import { parseReceiver } from './lock.ts'
import { PREFIX, storageBook } from './storage.ts'

/** @returns the link's nonce   @throws DEPOSIT_ONE_YOCTO BRIDGE_RECEIVER_INVALID STORAGE_NOT_REGISTERED STORAGE_EXHAUSTED */
export function linkEvm(b: Bridge, args: { evm: string }): string {
  const { host } = b
  requireOneYocto(host)
  const account = host.predecessor()
  const evm = parseReceiver(b, args.evm)
  const nonce = `${b.totals.links++}`
  chargeStorage(host, storageBook(host), account, () => {
    host.write(PREFIX.link + nonce, `${evm} ${account}`)
    host.write(PREFIX.linkOf + account, nonce)
  })
  b.emit('linked', { nonce, account, evm: formatEvmAddress(host.keccak256, evm) })
  return nonce
}

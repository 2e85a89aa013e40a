/** NEAR transactions of the relayer: taken first, then followed until every receipt has run. */
import type { NearClient } from '../../chain/client/near/index.ts'
import { readResult, type TransactionJson } from '../../chain/client/near/result.ts'
import type { NearSubmitter } from './carry.ts'

export const nearSubmitter = (client: NearClient): NearSubmitter => ({
  async submit({ contractId, method, args, gas, deposit }) {
    const { txHash } = await client.call(contractId, method, args, { gas, deposit, waitUntil: 'INCLUDED' })
    return txHash
  },
  async settled(txHash) {
    const params = { tx_hash: txHash, sender_account_id: client.accountId, wait_until: 'FINAL' }
    const json = (await client.rpc('tx', params)) as TransactionJson
    return readResult<unknown>(json, txHash, false).value
  },
})

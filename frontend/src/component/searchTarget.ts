/** What a search means: a task's number, a receipt, a transfer, a model's CID, a hash, or an account. */
import { accountId, cid } from '../../../chain/client/gateway/index.ts'

export interface SearchTarget {
  href: string
  what: string
}

/** Everything the text may mean, likeliest first; empty when it can mean nothing. */
export function searchTargets(text: string): SearchTarget[] {
  const word = text.trim().toLowerCase()
  const numbered = /^(task|receipt)?\s*#?(\d{1,15})$/.exec(word)
  if (numbered !== null) {
    const [, kind, digits] = numbered
    const number = String(BigInt(digits!))
    const targets: SearchTarget[] = []
    if (kind !== 'receipt' && number !== '0') targets.push({ href: `/task/${number}`, what: `Task ${number}` })
    if (kind !== 'task') targets.push({ href: `/receipt/${number}`, what: `Receipt ${number}` })
    return targets
  }
  if (/^(near-evm|evm-near):\d{1,20}$/.test(word))
    return [{ href: `/bridge?transfer=${encodeURIComponent(word)}`, what: `Transfer ${word}` }]
  const targets: SearchTarget[] = []
  if (cid.safeParse(word).success && word.length > 40)
    targets.push({ href: `/models?cid=${word}`, what: 'Model or update' })
  if (/^[0-9a-f]{64}$/.test(word)) targets.push({ href: `/receipts?hash=${word}`, what: 'Receipt by its hash' })
  if (accountId.safeParse(word).success) {
    targets.push({ href: `/why/${word}`, what: `Account ${word}` })
    targets.push({ href: `/receipts?worker=${word}`, what: `Receipts of ${word}` })
  }
  return targets
}

/** Ends one's own task for which nobody has been drawn; says first what comes back. */
import { useState } from 'react'
import { type TaskDetail, unsignedTransactions } from '../../../../chain/client/gateway/index.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { toBlyanError } from '../../api/errors.ts'
import { useNetwork } from '../../api/queries.ts'
import { Button } from '../../component/Button.tsx'
import { Problem } from '../../component/Problem.tsx'
import { amountText } from '../../format/amount.ts'
import { useProfile, useServices } from '../../shell/services.tsx'
import { TransactionList } from '../../transaction/TransactionList.tsx'
import { useTransaction } from '../../transaction/useTransaction.ts'

export function CancelTask({ task }: { task: TaskDetail }) {
  const { api } = useServices()
  const profile = useProfile()
  const network = useNetwork()
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const { entry, refused, start } = useTransaction(`cancel:${task.id}`)
  const mayCancel = profile?.account === task.requester && task.state === 'Pending' && task.roundsSettled === 0
  if (!mayCancel && entry === null) return null
  const cancel = async () => {
    setProblem(null)
    try {
      const [{ checkCancel }, { KNOWN_NETWORKS }] = await Promise.all([
        import('../../../../chain/client/sdk/decode.ts'),
        import('../../../../chain/client/networks.ts'),
      ])
      const reply = await api.call(`/api/v1/tasks/${task.id}/cancel`, unsignedTransactions, {
        method: 'POST',
        token: 'needed',
      })
      const known = KNOWN_NETWORKS[network.data!.chainId]!
      const { transactions } = checkCancel(reply, task.id, known.contracts)
      start({
        id: `cancel:${task.id}`,
        title: `Cancel task ${task.id}`,
        accountId: task.requester,
        network: network.data!,
        transactions,
      })
    } catch (error) {
      setProblem(toBlyanError(error))
    }
  }
  return (
    <section className="stack-tight">
      {mayCancel ? (
        <p>
          Nobody has been drawn yet. Cancelled now, all {amountText(BigInt(task.escrowAtto)).shown} BLY come back to
          you.
        </p>
      ) : null}
      {entry === null ? (
        <Button money onClick={() => void cancel()}>
          Cancel the task
        </Button>
      ) : (
        <TransactionList entry={entry} />
      )}
      {refused === null ? null : <p className="notice calm">{refused}</p>}
      {problem === null ? null : <Problem problem={problem} />}
    </section>
  )
}

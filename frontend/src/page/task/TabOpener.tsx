/** Opens a round's test text from this tab when its requester chose so; says what waiting costs. */
import { useEffect } from 'react'
import { z } from 'zod'
import type { TaskDetail, UnsignedTransactions } from '../../../../chain/client/gateway/index.ts'
import { useNetwork } from '../../api/queries.ts'
import { Button } from '../../component/Button.tsx'
import { Until } from '../../component/When.tsx'
import { useProfile, useServices } from '../../shell/services.tsx'
import { findKeys } from '../../transaction/keyRing.ts'
import { useTransaction } from '../../transaction/useTransaction.ts'
import { isRunning } from '../../words/phases.ts'

const specSchema = z.object({ heldout: z.object({ head: z.string() }) })
/** Measured at 3 TGas; the call takes no deposit. */
const OPEN_GAS = '20000000000000'

export function TabOpener({ task }: { task: TaskDetail }) {
  const profile = useProfile()
  const network = useNetwork()
  const { wallets } = useServices()
  const spec = specSchema.safeParse(task.spec)
  const ring = spec.success ? findKeys(localStorage, spec.data.heldout.head) : null
  const round = task.roundDetails.at(-1)
  const id = `open:${task.id}:${task.round}`
  const { entry, start } = useTransaction(id)
  const key = ring?.keys[task.round]
  const mine = ring !== null && profile?.account === task.requester && isRunning(task.state)
  const due = mine && key !== undefined && round?.phase === 'publish' && round.key === null && entry === null
  const silent = wallets.current()?.kind === 'development'
  const market = network.data?.contracts.market

  const open = () => {
    if (key === undefined || market === undefined || network.data === undefined) return
    const args = { task_id: task.id, round: task.round, key }
    const transactions: UnsignedTransactions['transactions'] = [
      {
        receiverId: market,
        actions: [{ type: 'FunctionCall', methodName: 'open_key', args, gas: OPEN_GAS, deposit: '0' }],
      },
    ]
    start({
      id,
      title: `Open the test text of round ${task.round + 1}`,
      accountId: task.requester,
      network: network.data,
      transactions,
    })
  }
  // The development wallet asks nothing, so nothing needs to be pressed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once when it becomes due; the journal lets no second one through
  useEffect(() => {
    if (due && silent) open()
  }, [due, silent, id])
  if (!mine) return null
  if (!due)
    return <p className="notice calm">This tab opens each round’s test text. Keep it open until the last round.</p>
  return (
    <div className="notice row">
      <p>
        Round {task.round + 1} waits for its test text
        {round?.deadline == null ? (
          ''
        ) : (
          <>
            , for another <Until at={round.deadline} />
          </>
        )}
        . Not opened, the deposit is lost and the bonus is shared equally.
      </p>
      <Button money onClick={open}>
        Open it
      </Button>
    </div>
  )
}

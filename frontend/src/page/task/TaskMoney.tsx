/** Where the money of a task is: spent, set aside, come back. Its lines add up as they are shown. */
import type { TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { SPENT_WORDS } from '../../../../chain/client/words/index.ts'
import { Amount } from '../../component/Amount.tsx'
import { Strip, StripLines } from '../../component/Strip.tsx'
import { Term } from '../../component/Term.tsx'
import { When } from '../../component/When.tsx'
import { moneyColumn } from './column.ts'

export function TaskMoney({ task }: { task: TaskDetail }) {
  const why = `/why/${task.requester}?task=${task.id}`
  const column = moneyColumn(task)
  const spent = Object.entries(task.spent).filter(([, atto]) => BigInt(atto) > 0n)
  return (
    <Strip
      title="Money"
      foot={
        <p className="detail">
          {task.vested && BigInt(task.paidAtto) === 0n
            ? 'Nobody worked on it, so nobody is paid.'
            : task.vested
              ? 'Checking time has passed: what workers earned is theirs.'
              : task.vestAt === null
                ? 'What workers earn is set aside until checking time has passed.'
                : null}
          {!task.vested && task.vestAt !== null ? (
            <>
              Workers’ pay is <Term of="payable from">payable</Term> <When at={task.vestAt} />.
            </>
          ) : null}
        </p>
      }
    >
      <StripLines
        lines={[
          {
            what: 'Ordered for',
            figure: <Amount value={task.bountyAtto} direction="cost" text={column?.ordered} why={why} />,
          },
          ...spent.map(([name, atto]) => ({
            what: SPENT_WORDS[name] ?? name,
            figure: <Amount value={atto} why={why} />,
            part: true,
          })),
          { what: 'Paid out so far', figure: <Amount value={task.paidAtto} text={column?.paid} why={why} /> },
          {
            what: <Term of="set aside">Set aside</Term>,
            figure: <Amount value={task.escrowAtto} text={column?.setAside} why={why} />,
          },
          { what: 'Came back', figure: <Amount value={task.returnedAtto} text={column?.returned} why={why} /> },
        ]}
      />
    </Strip>
  )
}

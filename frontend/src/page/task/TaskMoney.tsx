/** Where the money of a task is: spent, set aside, come back. Its lines add up as they are shown. */
import type { TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { SPENT_WORDS } from '../../../../chain/client/words/index.ts'
import { Amount } from '../../component/Amount.tsx'
import { Strip, StripLines } from '../../component/Strip.tsx'
import { Term } from '../../component/Term.tsx'
import { When } from '../../component/When.tsx'
import { type MoneyLine, moneyColumn } from './column.ts'

export function TaskMoney({ task }: { task: TaskDetail }) {
  const why = `/why/${task.requester}?task=${task.id}`
  const { spent, setAside, returned, ordered } = moneyColumn(task)
  const amountOf = ({ atto, text }: MoneyLine, direction?: 'cost') => (
    <Amount value={atto} text={text ?? undefined} direction={direction} why={why} />
  )
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
          ...spent.map((line) => ({ what: capital(SPENT_WORDS[line.name] ?? line.name), figure: amountOf(line) })),
          { what: <Term of="set aside">Set aside</Term>, figure: amountOf(setAside) },
          { what: 'Came back', figure: amountOf(returned) },
          { what: 'Ordered for, BLY', figure: amountOf(ordered, 'cost'), sum: true },
        ]}
      />
    </Strip>
  )
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

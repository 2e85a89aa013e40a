/** Raw material below the story: every submission with its verdicts, disputes, and the order itself. */

import { lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import type { RoundDetail, TaskDetail } from '../../../../chain/client/gateway/index.ts'
import { Account } from '../../component/Account.tsx'
import { Amount } from '../../component/Amount.tsx'
import { Button } from '../../component/Button.tsx'
import { Hash } from '../../component/Hash.tsx'
import { Stamp } from '../../component/Stamp.tsx'
import { Empty } from '../../component/states.tsx'
import { type Column, Table } from '../../component/Table.tsx'
import { Tabs } from '../../component/Tabs.tsx'
import { When } from '../../component/When.tsx'
import { disputeWords, faultWords, outcomeMark } from '../../words/phases.ts'

const SubmissionDialog = lazy(() => import('./SubmissionDialog.tsx'))

type Line = RoundDetail['submissions'][number] & { round: number }
type Dispute = RoundDetail['disputes'][number]

export function TaskEvidence({ task }: { task: TaskDetail }) {
  const lines = task.roundDetails.flatMap(({ index, submissions }) =>
    submissions.map((submission): Line => ({ ...submission, round: index })),
  )
  const disputes = task.roundDetails.flatMap((round) => round.disputes)
  return (
    <Tabs
      label="Evidence"
      tabs={[
        {
          name: 'Submissions',
          panel: () =>
            lines.length === 0 ? (
              <Empty>Nothing has been handed in yet.</Empty>
            ) : (
              <Submissions task={task} lines={lines} disputes={disputes} />
            ),
        },
        {
          name: `Disputes${disputes.length === 0 ? '' : ` (${disputes.length})`}`,
          panel: () =>
            disputes.length === 0 ? (
              <Empty>No dispute: nobody said that a sample was wrong.</Empty>
            ) : (
              <Table caption="Disputes" columns={DISPUTE_COLUMNS} rows={disputes} rowKey={({ id }) => id} />
            ),
        },
        { name: 'The order, as on chain', panel: () => <pre>{JSON.stringify(task.spec, null, 2)}</pre> },
      ]}
    />
  )
}

/** Rows at once: a hundred rounds of 32 trainers are more than anybody reads, and than a phone draws. */
const ROWS = 24

/** Newest round first. */
function Submissions({
  task,
  lines,
  disputes,
}: {
  task: TaskDetail
  lines: readonly Line[]
  disputes: readonly Dispute[]
}) {
  const [shown, setShown] = useState(ROWS)
  const [opened, setOpened] = useState<{ round: number; index: number } | null>(null)
  const open = lines.find(({ round, index }) => round === opened?.round && index === opened.index)
  const newestFirst = lines.toSorted((a, b) => b.round - a.round || a.index - b.index)
  return (
    <div className="stack">
      <Table
        caption="Submissions"
        columns={columns(task.id, setOpened)}
        rows={newestFirst.slice(0, shown)}
        rowKey={({ round, index }) => `${round}/${index}`}
      />
      {shown < lines.length ? (
        <Button onClick={() => setShown(shown + 4 * ROWS)}>Earlier ones, {lines.length - shown} more</Button>
      ) : null}
      {open === undefined ? null : (
        <Suspense>
          <SubmissionDialog
            task={task.id}
            round={open.round}
            told={toldOf(task, open)}
            submission={open}
            disputes={disputes.filter(({ round, submission }) => round === open.round && submission === open.index)}
            onClose={() => setOpened(null)}
          />
        </Suspense>
      )}
    </div>
  )
}

/** From the round's draw to its end. */
function toldOf({ outcomes, roundDetails }: TaskDetail, { account, round }: Line): TaskDetail['outcomes'] {
  const detail = roundDetails.find(({ index }) => index === round)
  if (detail === undefined) return []
  const { openedAt, settledAt } = detail
  return outcomes.filter(({ who, at }) => who === account && at >= openedAt && at <= (settledAt ?? at))
}

const columns = (task: string, look: (line: Line) => void): Column<Line>[] => [
  { key: 'account', head: 'Trainer', cell: ({ account }) => <Account id={account} /> },
  { key: 'round', head: 'Round', cell: ({ round }) => round + 1, align: 'right' },
  {
    key: 'outcome',
    head: 'Outcome',
    cell: ({ outcome, fault }) => {
      const mark = outcomeMark(outcome, fault)
      return mark === null ? 'not yet' : <Stamp mark={mark} quiet />
    },
  },
  {
    key: 'why',
    head: 'Because',
    cell: ({ fault, verdicts, outcome }) =>
      fault !== null
        ? faultWords(fault)
        : outcome === 'accepted'
          ? `${verdicts.filter(({ verdict }) => verdict === 'ok').length} of ${verdicts.length} validators agree`
          : 'waits for its verdicts',
  },
  {
    key: 'pay',
    head: 'Pay, BLY',
    align: 'right',
    cell: ({ account, basePayAtto, bonusAtto }) => (
      <Amount value={BigInt(basePayAtto) + BigInt(bonusAtto)} signed why={`/why/${account}?task=${task}`} />
    ),
  },
  {
    key: 'lost',
    head: 'Of its bond, BLY',
    align: 'right',
    cell: ({ account, lostAtto }) => <Amount value={-BigInt(lostAtto)} signed why={`/why/${account}?task=${task}`} />,
  },
  {
    key: 'receipt',
    head: 'Receipt',
    align: 'right',
    cell: ({ receipt }) => (receipt === null ? 'none' : <Link href={`/receipt/${receipt}`}>{receipt}</Link>),
  },
  {
    key: 'delta',
    head: 'Update',
    cell: ({ delta }) => (delta === null ? 'not opened' : <Hash value={delta} label="CID" />),
  },
  {
    key: 'look',
    head: 'Check it yourself',
    cell: (line) =>
      line.delta === null ? (
        'nothing to check'
      ) : (
        <Button aria-label={`Samples of ${line.account}, round ${line.round + 1}`} onClick={() => look(line)}>
          Samples
        </Button>
      ),
  },
]

const DISPUTE_COLUMNS: Column<Dispute>[] = [
  { key: 'who', head: 'Disputer', cell: ({ disputer }) => <Account id={disputer} /> },
  { key: 'whom', head: 'Work of', cell: ({ trainer }) => <Account id={trainer} /> },
  { key: 'sample', head: 'Sample', cell: ({ leaf }) => leaf, align: 'right' },
  { key: 'jury', head: 'Jury', cell: ({ jurors }) => (jurors.length === 0 ? 'not drawn yet' : jurors.join(', ')) },
  { key: 'result', head: 'Result', cell: ({ result }) => disputeWords(result) },
  { key: 'at', head: 'When', cell: ({ decidedAt, openedAt }) => <When at={decidedAt ?? openedAt} /> },
  { key: 'tx', head: 'Transaction', cell: ({ tx }) => <Hash value={tx} label="transaction" /> },
]

/** The ledger's history of the account: each line a change with its reason. */
import { billingLine } from '../../../../chain/client/gateway/index.ts'
import { EARNINGS, FAULTS, MOVES } from '../../../../chain/client/why/rules.ts'
import { useAskList } from '../../api/queries.ts'
import { Amount } from '../../component/Amount.tsx'
import { Button } from '../../component/Button.tsx'
import { Hash } from '../../component/Hash.tsx'
import { Empty, Loaded } from '../../component/states.tsx'
import { Table } from '../../component/Table.tsx'
import { When } from '../../component/When.tsx'

export function Billing({ account }: { account: string | null }) {
  const asked = useAskList('/api/v1/user/billing', billingLine, { token: 'needed', enabled: account !== null })
  if (account === null) return null
  return (
    <section className="stack-tight">
      <div className="section-head">
        <h2>Ledger</h2>
      </div>
      <Loaded asked={asked} what="the ledger" lines={5}>
        {(lines) =>
          lines.length === 0 ? (
            <Empty>No change yet: nothing was earned, lost or returned.</Empty>
          ) : (
            <>
              <Table
                caption="Ledger"
                rows={lines}
                rowKey={(line, i) => `${line.tx} ${i}`}
                columns={[
                  {
                    key: 'what',
                    head: 'What',
                    cell: ({ reason, task, round }) =>
                      `${wordsOf(reason)}${task === null ? '' : `, task ${task}`}${round === null ? '' : ` round ${round + 1}`}`,
                  },
                  { key: 'when', head: 'When', cell: ({ at }) => <When at={at} /> },
                  { key: 'tx', head: 'On chain', cell: ({ tx }) => <Hash value={tx} label="transaction" /> },
                  {
                    key: 'amount',
                    head: 'BLY',
                    align: 'right',
                    cell: ({ deltaAtto, task }) => (
                      <Amount value={deltaAtto} signed why={`/why/${account}${task === null ? '' : `?task=${task}`}`} />
                    ),
                  },
                ]}
              />
              {asked.more === null ? null : (
                <Button busy={asked.loadingMore} onClick={asked.more}>
                  Earlier lines
                </Button>
              )}
            </>
          )
        }
      </Loaded>
    </section>
  )
}

const wordsOf = (reason: string): string => {
  const words = EARNINGS[reason] ?? FAULTS[reason]?.what ?? MOVES[reason] ?? reason
  return words.charAt(0).toUpperCase() + words.slice(1)
}

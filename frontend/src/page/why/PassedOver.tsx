/** Draws that went by, by reason, each with what would change it: being passed over is explained like being paid. */
import { Link } from 'wouter'
import type { WhyReply } from '../../../../chain/client/gateway/index.ts'
import { ButtonLink } from '../../component/Button.tsx'
import { amountText } from '../../format/amount.ts'
import { passedGroups } from './rows.ts'

const LISTED = 30

export function PassedOver({
  passed,
  drawn,
  leftOut,
}: Pick<WhyReply, 'drawn' | 'leftOut'> & { passed: WhyReply['passedOver'] }) {
  const went = passed.length + leftOut
  const all = went + drawn
  if (passed.length === 0) {
    return (
      <p>
        {drawn === 0 ? 'No draw yet in which this account could have been.' : `Passed over in none of ${drawn} draws.`}
      </p>
    )
  }
  return (
    <div className="stack">
      <p>
        Passed over in {went} of {all} draws{leftOut === 0 ? '' : `; the newest ${passed.length} are told here`}:
      </p>
      <ul className="ledger">
        {passedGroups(passed).map(({ what, count, fix, draws }) => (
          <li key={what}>
            <details>
              <summary>
                <span className="ledger-what">
                  <span>{what}</span>
                </span>
                <span className="figure ledger-amount">
                  {count} of {all}
                </span>
              </summary>
              <div className="ledger-open stack-tight">
                {fix === null ? (
                  <p>No fault, nothing to do.</p>
                ) : (
                  <ButtonLink href={`/operate?add=${fix.addAtto}`}>
                    {fix.words}: {amountText(fix.addAtto, { direction: 'cost' }).shown} BLY
                  </ButtonLink>
                )}
                <ul className="detail">
                  {draws.slice(-LISTED).map(({ task, round, role, evidence }) => (
                    <li key={`${task}/${round}/${role}/${evidence.height}`}>
                      <Link href={`/task/${task}`}>task {task}</Link>, round {round + 1}, {role}, block{' '}
                      {evidence.height}
                    </li>
                  ))}
                </ul>
              </div>
            </details>
          </li>
        ))}
      </ul>
    </div>
  )
}

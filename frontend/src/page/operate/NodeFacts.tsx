/** The machine as the market knows it. */
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { absoluteText } from '../../format/time.ts'

export function NodeFacts({ status }: { status: NodeStatus }) {
  const rows: [string, string][] = [
    ['does', status.roles.join(', ')],
    ['machine', [status.class, status.kind].filter((text) => text !== '').join(', ')],
    ['peers reach it at', status.peer === '' ? 'no address: nobody can fetch its work' : status.peer],
    ['staked since', absoluteText(status.since)],
    ['updates accepted', `${status.accepted}`],
  ]
  return (
    <div className="stack-tight">
      <dl className="evidence">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <p className="detail">
        How the machine feels (clock, disk, RPC, peers) it tells itself, where ./blyan node runs; no server hears it.
      </p>
    </div>
  )
}

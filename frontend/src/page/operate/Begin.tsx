/** Nobody has staked under this account yet: how to begin, in three commands or here. */
import { useNetwork } from '../../api/queries.ts'
import { Sentence } from '../../component/Sentence.tsx'
import { Term } from '../../component/Term.tsx'
import { useTitle } from '../../shell/title.ts'
import { CopyLine } from './CopyLine.tsx'
import { firstCommands } from './commands.ts'
import { MoveList } from './MoveList.tsx'
import { Refunds } from './Refunds.tsx'
import { StakeForm } from './StakeForm.tsx'

export function Begin({ account }: { account: string }) {
  const network = useNetwork()
  useTitle('Operate: not an operator yet')
  return (
    <div className="page">
      <header className="page-head">
        <h1>
          <Sentence text={`This machine can earn: ${account} has no stake yet.`} name={account} />
        </h1>
        <p>
          An operator puts up <Term of="stake">stake</Term>, is drawn for rounds by its <Term of="seat">seats</Term>,
          and is paid when its work was checked. Nothing is owed for not being drawn.
        </p>
      </header>
      <MoveList account={account} />
      <Refunds account={account} />
      <section className="stack" aria-labelledby="commands">
        <div className="section-head">
          <h2 id="commands">Three commands</h2>
        </div>
        <ol className="commands">
          {firstCommands(account, network.data?.rpcUrl).map(({ what, command }) => (
            <li key={command}>
              <p>{what}</p>
              <CopyLine text={command} />
            </li>
          ))}
        </ol>
        <p className="detail">
          The key file is the one that your wallet or ./blyan wrote for this account; it stays on your machine.
        </p>
      </section>
      <section className="stack" aria-labelledby="stake-here">
        <div className="section-head">
          <h2 id="stake-here">Or stake here, with your wallet</h2>
        </div>
        <StakeForm account={account} status={null} />
      </section>
    </div>
  )
}

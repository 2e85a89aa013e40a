/** The key with which the machine signs its hand-ins: what the market has on record, and how to replace it. */
import { useState } from 'react'
import { contractsOf } from '../../api/contracts.ts'
import { useNetwork } from '../../api/queries.ts'
import { Field } from '../../component/Field.tsx'
import { Hash } from '../../component/Hash.tsx'
import { Loaded } from '../../component/states.tsx'
import { MoveReview } from './MoveReview.tsx'
import { useWorkerKey } from './useMarket.ts'
import { useMove } from './useMove.ts'
import { isPublicKey, workerKeyTransactions } from './workerKey.ts'

export function WorkerKey({ account }: { account: string }) {
  const asked = useWorkerKey(account)
  return (
    <Loaded asked={asked} what="the worker key" lines={3}>
      {(node) => <Form account={account} current={node?.worker_key ?? null} />}
    </Loaded>
  )
}

function Form({ account, current }: { account: string; current: string | null }) {
  const network = useNetwork()
  const move = useMove(account, network.data)
  const [key, setKey] = useState('')
  const problem =
    key === '' || isPublicKey(key) ? null : 'Write a public key, such as ed25519:6E8s…; never the secret one.'
  return (
    <div className="stack operate-form">
      <p>
        {current === null ? (
          'None is on record: the machine signs with a key of the account itself.'
        ) : (
          <>
            On record, on chain: <Hash value={current} label="worker key" />
          </>
        )}
      </p>
      <Field label="Another public key" hint="The secret half stays on the machine that works." problem={problem}>
        {(ids) => (
          <input
            {...ids}
            className="input mono"
            value={key}
            maxLength={128}
            spellCheck={false}
            autoComplete="off"
            onChange={({ target }) => setKey(target.value.trim())}
          />
        )}
      </Field>
      <MoveReview
        move={move}
        account={account}
        says={[
          'It records which key the machine signs with. The key must also be among your account’s keys, for calls of the market alone.',
          'It forfeits nothing; a running node goes on with its own key until you restart it.',
        ]}
        ready={isPublicKey(key) && network.data !== undefined}
        quiet
        onSign={() =>
          move.begin({
            title: 'Record another worker key',
            ask: async () => workerKeyTransactions(contractsOf(network.data!).market, key),
            check: ({ transactions }) => transactions,
            event: 'worker_key_set',
          })
        }
      />
    </div>
  )
}

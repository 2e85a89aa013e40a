/** Where an operator's rewards on EVM go: what NEAR has on record, what EVM knows of it, and how to name another address. */
import { useState } from 'react'
import { z } from 'zod'
import { linkEvmCall } from '../../../../chain/client/bridge/index.ts'
import { GatewayProblem } from '../../api/errors.ts'
import { Field } from '../../component/Field.tsx'
import { Loaded } from '../../component/states.tsx'
import { aboutNear } from '../../format/amount.ts'
import { contractsIn, receiverOf } from '../bridge/choices.ts'
import { Move } from '../bridge/Move.tsx'
import { requireBridgeEvent, storageNeeded, storageTransactions, transactionOf } from '../bridge/plan.ts'
import { type Bridge, useBridge, useRead } from '../bridge/useBridge.ts'
import { newMove, useBridgeMove } from '../bridge/useBridgeMove.ts'
import { useEvmWallet } from '../bridge/useEvmWallet.ts'
import { readStorage, useStorage } from '../bridge/useMoney.ts'
import { EvmWalletRow } from '../bridge/Wallets.tsx'
import '../../style/bridge.css'

const linkView = z.object({ evm: z.string() }).nullable()

export default function LinkEvm({ account }: { account: string }) {
  const bridge = useBridge()
  if (bridge.problem instanceof GatewayProblem && bridge.problem.code === 'GATEWAY_NO_BRIDGE') {
    return <p>This gateway knows no bridge: there are no rewards on EVM to send anywhere.</p>
  }
  return (
    <Loaded asked={bridge} what="the bridge" lines={4}>
      {(parts) => <Form bridge={parts} account={account} />}
    </Loaded>
  )
}

function Form({ bridge, account }: { bridge: Bridge; account: string }) {
  const wallet = useEvmWallet()
  const [name] = useState(newMove)
  const move = useBridgeMove(bridge, name)
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? wallet.signer?.address ?? ''
  const { to, problem } = receiverOf('near-evm', text, contractsIn(bridge.deployment))
  const storage = useStorage(bridge, account)
  const deposit = storage.data === undefined ? null : storageNeeded(storage.data)
  return (
    <div className="stack operate-form">
      <p>
        Contracts on EVM may pay for receipts, such as RewardOnReceipt: what they pay for your work goes to the address
        that you link here, never to whoever asks for it.
      </p>
      <OnRecord bridge={bridge} account={account} />
      <EvmWalletRow wallet={wallet} />
      <Field label="EVM address for rewards" hint="One that you hold the key of, on that chain." problem={problem}>
        {(ids) => (
          <input
            {...ids}
            className="input mono"
            value={text}
            maxLength={42}
            spellCheck={false}
            autoComplete="off"
            onChange={({ target }) => setTyped(target.value.trim())}
          />
        )}
      </Field>
      <Move
        move={move}
        signer={account}
        quiet
        refusal={
          to === null ? 'Write an address first.' : deposit === null ? 'Asking NEAR what storage it needs.' : null
        }
        says={[
          'It is public, replaces an earlier one, and forfeits nothing.',
          'Signers attest it; EVM knows it about a minute later.',
          ...(deposit === null || deposit === 0n
            ? []
            : [`${aboutNear(deposit)} are set aside for storage on the bridge contract; what is unused is yours.`]),
          'Gas is under 0.01 NEAR.',
        ]}
        onSign={() =>
          void move.begin('Link an EVM address', async () => {
            const { bridge: contract } = bridge.deployment.near
            const needed = storageNeeded(await readStorage(bridge, contract, account))
            return {
              side: 'near',
              account,
              transactions: [
                ...storageTransactions(contract, needed),
                transactionOf(linkEvmCall(bridge.deployment, to!)),
              ],
              done: (events) => {
                requireBridgeEvent(events, ['linked'], 'account', account)
                return null
              },
            }
          })
        }
      />
    </div>
  )
}

/** NEAR's record is the account's own word; EVM's is what contracts there pay by. */
function OnRecord({ bridge, account }: { bridge: Bridge; account: string }) {
  const asked = useRead(bridge, ['link', account], 5_000, async ({ nearClient, deployment, evm }) => ({
    near: linkView.parse(await nearClient.view(deployment.near.bridge, 'link', { account_id: account })),
    evm: await evm.linkOf(account),
  }))
  return (
    <Loaded asked={asked} what="your link" lines={2}>
      {({ near, evm }) =>
        near === null ? (
          <p>No address is linked yet: nothing can be paid to you on EVM.</p>
        ) : (
          <p>
            Linked: <span className="figure bridge-address">{near.evm}</span>{' '}
            <span className="detail">
              {evm !== null && near.evm.slice(2).toLowerCase() === evm.evm
                ? 'on chain, on both sides'
                : 'on chain on NEAR; EVM waits for the signers’ word'}
            </span>
          </p>
        )
      }
    </Loaded>
  )
}

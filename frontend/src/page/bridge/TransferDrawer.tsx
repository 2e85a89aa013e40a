/** Behind a transfer: who signed it, verified here, and its transactions on both chains. */
import { useState } from 'react'
import { signaturesOf, type Transfer } from '../../../../chain/client/bridge/index.ts'
import { Amount } from '../../component/Amount.tsx'
import { Hash } from '../../component/Hash.tsx'
import { Loaded } from '../../component/states.tsx'
import { When } from '../../component/When.tsx'
import { useServices } from '../../shell/services.tsx'
import { transferHref } from './SendReview.tsx'
import { nameOf } from './steps.ts'
import { type Bridge, useRead } from './useBridge.ts'

export function TransferDrawer({ bridge, transfer }: { bridge: Bridge; transfer: Transfer }) {
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Signatures and transactions</summary>
      {open ? (
        <div className="stack">
          <Transactions transfer={transfer} />
          <Signatures bridge={bridge} transfer={transfer} />
        </div>
      ) : null}
    </details>
  )
}

function Transactions({ transfer }: { transfer: Transfer }) {
  const { journal } = useServices()
  const { id, direction, amount, sender, receiver, txNear, txEvm } = transfer
  // NEAR's contract keeps no hash: the browser that sent it does.
  const sent =
    journal
      .list()
      .find(({ href, evm }) => evm === null && href === transferHref(id))
      ?.hashes.at(-1) ?? null
  const near = sent ?? txNear
  return (
    <dl className="facts">
      <div>
        <dt>Name</dt>
        <dd className="figure">{id}</dd>
      </div>
      <div>
        <dt>Amount</dt>
        <dd>
          <Amount value={amount} withUnit /> <span className="detail">on chain</span>
        </dd>
      </div>
      <div>
        <dt>From</dt>
        <dd className="figure bridge-address">{sender}</dd>
      </div>
      <div>
        <dt>To</dt>
        <dd className="figure bridge-address">{receiver}</dd>
      </div>
      <div>
        <dt>On NEAR</dt>
        <dd>
          {near === null ? (
            <span className="detail">
              {direction === 'near-evm' ? 'known to the browser that sent it' : 'not yet, or not known here'}
            </span>
          ) : (
            <Hash value={near} label="NEAR transaction" />
          )}
        </dd>
      </div>
      <div>
        <dt>On EVM</dt>
        <dd>
          {txEvm === null ? <span className="detail">not yet</span> : <Hash value={txEvm} label="EVM transaction" />}
        </dd>
      </div>
      <div>
        <dt>In a terminal</dt>
        <dd>
          <code>./blyan bridge status {id}</code>
        </dd>
      </div>
    </dl>
  )
}

function Signatures({ bridge, transfer }: { bridge: Bridge; transfer: Transfer }) {
  const { id, direction, nonce } = transfer
  const asked = useRead(bridge, ['signatures', id], 5_000, ({ reader }) => signaturesOf(reader, direction, nonce))
  const urlOf = (url: string): string => url.split('/').at(-1) ?? url
  return (
    <Loaded asked={asked} what="the signatures" lines={3}>
      {({ signatures, missing, refused, need, of, conflict }) => (
        <div className="stack-tight">
          <p className="detail">
            {signatures.length} of {of} signed, {need} are enough. Each signature was verified here, over this
            transfer’s own content.
          </p>
          {conflict ? (
            <p className="notice">
              Signers signed different contents for this transfer: one of them lies or is deceived.
            </p>
          ) : null}
          <ul className="bridge-signers">
            {signatures.map(({ address, signature, signedAt }) => (
              <li key={address}>
                <span className="figure">{nameOf(`0x${address}`)}</span> signed{' '}
                <Hash value={`0x${signature}`} label="signature" />{' '}
                <span className="detail">
                  <When at={signedAt} /> as it says · checked here
                </span>
              </li>
            ))}
            {missing.map((address) => {
              const why = refused.find(({ url }) => urlOf(url).toLowerCase() === `0x${address}`)?.why
              return (
                <li key={address}>
                  <span className="figure">{nameOf(`0x${address}`)}</span>{' '}
                  <span className="detail">{why === undefined ? 'no word yet' : SILENCE[why]}</span>
                </li>
              )
            })}
          </ul>
        </div>
      )}
    </Loaded>
  )
}

const SILENCE = {
  unreachable: 'does not answer',
  'not seen': 'has not seen it yet',
  halted: 'has stopped signing until its operator has looked',
  malformed: 'answered with something else',
  'another key': 'answered about another transfer',
  'older signers': 'signed it as one of earlier signers: that no longer counts',
  'not a signer': 'is no signer now',
  'wrong signature': 'sent a signature that does not hold',
} as const

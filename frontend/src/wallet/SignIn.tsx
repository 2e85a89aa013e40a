/** Which wallet to sign in with; on the embedded network also one made here and now. */
import { useEffect, useState } from 'react'
import type { BlyanError } from '../../../chain/lib/errors.ts'
import { toBlyanError } from '../api/errors.ts'
import { useNetwork } from '../api/queries.ts'
import { Button } from '../component/Button.tsx'
import { Dialog } from '../component/Dialog.tsx'
import { Problem } from '../component/Problem.tsx'
import { useServices } from '../shell/services.tsx'
import { makeDevelopmentWallet } from './development.ts'
import { type EvmChoice, watchEvmChoices } from './evm.ts'
import type { NearChoice } from './nearConnect.ts'
import { linkAccount, signIn } from './signIn.ts'
import { type Wallet, WalletRefusedError } from './types.ts'

/** @param link the other kind is linked to who is signed in, instead of signing in */
export default function SignIn({ onClose, link }: { onClose: () => void; link?: 'near' | 'evm' }) {
  const services = useServices()
  const network = useNetwork()
  const [near, setNear] = useState<NearChoice[]>([])
  const [evm, setEvm] = useState<EvmChoice[]>([])
  const [busy, setBusy] = useState<string | null>(null)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const { embedded, chainId } = network.data ?? {}

  useEffect(() => watchEvmChoices(setEvm), [])
  useEffect(() => {
    if (chainId === undefined || embedded !== false) return
    // Its own code, styles and storage come only where there are such wallets.
    let gone = false
    void import('./nearConnect.ts').then(({ watchNearChoices }) => {
      if (!gone) watchNearChoices(chainId, setNear)
    })
    return () => {
      gone = true
    }
  }, [chainId, embedded])

  const use = async (name: string, open: () => Promise<Wallet>) => {
    setBusy(name)
    setProblem(null)
    try {
      const wallet = await open()
      await (link === undefined ? signIn(services, wallet) : linkAccount(services, wallet))
      onClose()
    } catch (error) {
      setProblem(toBlyanError(error))
    } finally {
      setBusy(null)
    }
  }
  const showNear = link !== 'evm'
  const showEvm = link !== 'near'
  return (
    <Dialog title={link === undefined ? 'Sign in' : 'Link an account'} open onClose={onClose}>
      <div className="stack">
        {showNear && embedded === true ? (
          <section className="stack-tight">
            <h3>Development wallet</h3>
            <p className="detail">
              This network runs on one machine and its money is worth nothing. A key is made in this browser, with an
              account and development money.
            </p>
            <Button
              primary
              busy={busy !== null}
              onClick={() =>
                void use('development', () =>
                  makeDevelopmentWallet({ network: network.data!, api: services.api, storage: localStorage }),
                )
              }
            >
              {busy === 'development' ? 'Making an account' : 'Use the development wallet'}
            </Button>
          </section>
        ) : null}
        {showNear && embedded === false ? (
          <section className="stack-tight">
            <h3>NEAR wallets</h3>
            {near.length === 0 ? (
              <p className="detail">
                None has announced itself. Install a NEAR wallet as an extension, then open this again.
              </p>
            ) : null}
            {near.map(({ id, name, connect }) => (
              <Button key={id} busy={busy !== null} onClick={() => void use(id, connect)}>
                {busy === id ? `Waiting for ${name}` : name}
              </Button>
            ))}
          </section>
        ) : null}
        {showEvm ? (
          <section className="stack-tight">
            <h3>Ethereum wallets</h3>
            <p className="detail">
              {evm.length === 0 ? 'None has announced itself in this browser. ' : ''}
              An Ethereum account signs in and can be linked; only a NEAR account signs for the market.
            </p>
            {evm.map(({ id, name, connect }) => (
              <Button key={id} busy={busy !== null} onClick={() => void use(id, connect)}>
                {busy === id ? `Waiting for ${name}` : name}
              </Button>
            ))}
          </section>
        ) : null}
        {problem === null ? null : problem instanceof WalletRefusedError ? (
          <p className="notice" role="status">
            {problem.what} {problem.fix}
          </p>
        ) : (
          <Problem problem={problem} />
        )}
        <p className="detail">
          You sign a sentence that names this page, no payment. Nobody from Blyan asks for your keys or moves you to a
          chat.
        </p>
      </div>
    </Dialog>
  )
}

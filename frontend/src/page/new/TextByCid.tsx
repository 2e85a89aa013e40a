/** A text that lies on IPFS already: fetched through the gateway, and held against its address here. */
import { useState } from 'react'
import { cid } from '../../../../chain/client/gateway/index.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { toBlyanError, WrongBytesError } from '../../api/errors.ts'
import { Button } from '../../component/Button.tsx'
import { Field } from '../../component/Field.tsx'
import { Problem } from '../../component/Problem.tsx'
import { useProfile, useServices } from '../../shell/services.tsx'
import type { ChosenText } from './TextInput.tsx'

export function TextByCid({ onText }: { onText: (text: ChosenText) => void }) {
  const { api } = useServices()
  const isKnown = useProfile() !== null
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const address = typed.trim()
  const isAddress = cid.safeParse(address).success
  const fetchIt = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const bytes = await api.bytes(`/api/v1/texts/${address}`, { token: 'needed' })
      const { fileCid } = await import('../../../../chain/client/content/index.ts')
      if (fileCid(bytes) !== address) throw differs()
      onText({ name: `${address.slice(0, 6)}..${address.slice(-4)}`, bytes })
    } catch (error) {
      setProblem(toBlyanError(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="stack-tight">
      <Field
        label="CID of the text"
        hint={
          <>
            CIDv1, as <code>ipfs add --cid-version=1</code> prints it.
          </>
        }
        problem={address !== '' && !isAddress ? 'A CIDv1 begins with b and has small letters and digits alone.' : null}
      >
        {(ids) => (
          <input
            {...ids}
            type="text"
            className="mono"
            spellCheck={false}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <div className="row">
        <Button busy={busy} disabled={!isAddress || !isKnown} onClick={() => void fetchIt()}>
          {busy ? 'Fetching' : 'Fetch it'}
        </Button>
        {isKnown ? null : <span className="detail">Sign in first: the gateway fetches for people whom it knows.</span>}
      </div>
      {problem === null ? null : <Problem problem={problem} />}
    </div>
  )
}

const differs = (): WrongBytesError =>
  new WrongBytesError({
    what: 'What came does not hash to this CID in the way that this page can check.',
    fix: 'Add the file with `ipfs add --cid-version=1` and name that CID, or choose the file itself.',
  })

/** Which RPC the list's root is read from: the gateway's own door, or any other that the reader trusts. */
import { type FormEvent, useState } from 'react'
import { toBlyanError } from '../../api/errors.ts'
import { Field } from '../../component/Field.tsx'
import { rpcAddress } from './readList.ts'

export const OWN_RPC = '/rpc'
const KEY = 'blyan.receipt-rpc'

export const storedRpc = (): string => localStorage.getItem(KEY) ?? OWN_RPC

export interface RpcFieldProps {
  value: string
  onChange: (rpc: string) => void
  /** What is read there. */
  from?: string
}

export function RpcField({ value, onChange, from = 'The list’s root' }: RpcFieldProps) {
  const [text, setText] = useState(value)
  const [problem, setProblem] = useState<string | null>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    try {
      rpcAddress(text, window.location.origin)
    } catch (error) {
      const { what, fix } = toBlyanError(error)
      setProblem(`${what} ${fix}`)
      return
    }
    setProblem(null)
    localStorage.setItem(KEY, text.trim())
    onChange(text.trim())
  }
  return (
    <form className="receipt-rpc" onSubmit={submit}>
      <Field
        label="RPC of your choice"
        hint={
          value === OWN_RPC
            ? 'This is the gateway’s own door to the chain: it could hide a forgery of its own. Another RPC makes the check independent of it.'
            : `${from} comes from here, not from the gateway.`
        }
        problem={problem}
      >
        {(ids) => (
          <input
            {...ids}
            className="input mono"
            value={text}
            maxLength={300}
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <button type="submit" className="button quiet">
        Check again
      </button>
    </form>
  )
}

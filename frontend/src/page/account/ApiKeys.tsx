/** API keys: made, shown once, taken back. */
import { useState } from 'react'
import { z } from 'zod'
import { apiKeyCreated, apiKeyLine, SCOPES, type Scope } from '../../../../chain/client/gateway/index.ts'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { toBlyanError } from '../../api/errors.ts'
import { useAskList } from '../../api/queries.ts'
import { Button } from '../../component/Button.tsx'
import { Field } from '../../component/Field.tsx'
import { Problem } from '../../component/Problem.tsx'
import { Empty, Loaded } from '../../component/states.tsx'
import { Table } from '../../component/Table.tsx'
import { When } from '../../component/When.tsx'
import { useServices } from '../../shell/services.tsx'

const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: 'read what is yours',
  tasks: 'prepare tasks; signing them still needs your wallet',
  infer: 'ask models for answers',
  relay: 'use the gas that this gateway gives away',
}

export function ApiKeys() {
  const { api } = useServices()
  const keys = useAskList('/api/v1/user/api-keys', apiKeyLine, { token: 'needed' })
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<Scope[]>(['read'])
  const [made, setMade] = useState<string | null>(null)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const attempt = async (job: () => Promise<void>) => {
    setProblem(null)
    try {
      await job()
      keys.again()
    } catch (error) {
      setProblem(toBlyanError(error))
    }
  }
  const create = () =>
    attempt(async () => {
      const body = { name, scopes }
      const { key } = await api.call('/api/v1/user/api-keys', apiKeyCreated, { method: 'POST', body, token: 'needed' })
      setMade(key)
      setName('')
    })
  const revoke = (id: string) =>
    attempt(async () => {
      await api.call(`/api/v1/user/api-keys/${id}`, z.unknown(), { method: 'DELETE', token: 'needed' })
    })
  return (
    <section className="stack">
      <div className="section-head">
        <h2>API keys</h2>
      </div>
      <Loaded asked={keys} what="your keys" lines={2}>
        {(lines) =>
          lines.length === 0 ? (
            <Empty>No key yet. Programs that speak for you need one; this page does not.</Empty>
          ) : (
            <Table
              caption="API keys"
              rows={lines}
              rowKey={({ id }) => id}
              columns={[
                { key: 'name', head: 'Name', cell: (line) => <bdi>{line.name}</bdi> },
                { key: 'scopes', head: 'May', cell: (line) => line.scopes.join(', ') },
                {
                  key: 'used',
                  head: 'Last used',
                  cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : <When at={lastUsedAt} />),
                },
                {
                  key: 'end',
                  head: 'State',
                  cell: ({ id, revokedAt }) =>
                    revokedAt === null ? (
                      <Button onClick={() => void revoke(id)}>Take back</Button>
                    ) : (
                      <>
                        taken back <When at={revokedAt} />
                      </>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {made === null ? null : (
        <div className="notice stack-tight" role="status">
          <p>Copy the key now: it is shown this once and kept nowhere in readable form.</p>
          <pre>{made}</pre>
          <Button onClick={() => setMade(null)}>I have it</Button>
        </div>
      )}
      <form
        className="stack-tight"
        onSubmit={(event) => {
          event.preventDefault()
          void create()
        }}
      >
        <Field label="New key for">
          {(ids) => (
            <input
              {...ids}
              className="input"
              maxLength={60}
              placeholder="my notebook"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <fieldset className="scopes">
          <legend className="detail">It may</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="check">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((other) => other !== scope))
                }
              />
              {SCOPE_WORDS[scope]}
            </label>
          ))}
        </fieldset>
        <div>
          <Button type="submit" disabled={name.trim() === '' || scopes.length === 0}>
            Make a key
          </Button>
        </div>
      </form>
      {problem === null ? null : <Problem problem={problem} />}
    </section>
  )
}

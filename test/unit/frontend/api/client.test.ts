/** The page's way to the gateway: parsed replies, errors with a fix, one refresh at a time. */
import { expect } from 'chai'
import { z } from 'zod'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { createApi } from '../../../../frontend/src/api/client.ts'
import { createSession } from '../../../../frontend/src/api/session.ts'

const memory = () => {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    kept,
  }
}
/** The call was to be refused. */
const failed = (): BlyanError => {
  throw new Error('it was not refused')
}
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const login = (token: string, expiresAt: number) => ({
  token,
  expiresAt,
  profile: { user: 'near:al.near', kind: 'near' as const, account: 'al.near', address: null, createdAt: 1 },
})

function world(answer: (url: string, init: RequestInit) => Response | Promise<Response>) {
  const calls: { url: string; authorization: string | null }[] = []
  const storage = memory()
  const session = createSession(storage)
  const reached: boolean[] = []
  const api = createApi({
    session,
    now: () => 1_000_000,
    onReach: (is) => void reached.push(is),
    send: (async (url: string, init: RequestInit) => {
      calls.push({ url, authorization: new Headers(init.headers).get('authorization') })
      return answer(url, init)
    }) as typeof fetch,
  })
  return { api, session, storage, calls, reached }
}

describe('the gateway client of the page', () => {
  it('carries the gateway’s own words, fix and id', async () => {
    const refusal = {
      type: 't',
      title: 't',
      status: 409,
      code: 'ORDER_TAKEN',
      what: 'w',
      fix: 'f',
      fault: 'user',
      data: {},
      id: 'ab',
    }
    const { api } = world(() => json(refusal, 409))
    const error = (await api.call('/x', z.unknown()).catch((caught) => caught)) as BlyanError
    expect({ code: error.code, fix: error.fix, id: error.id, retryable: error.retryable }).to.deep.equal({
      code: 'ORDER_TAKEN',
      fix: 'f',
      id: 'ab',
      retryable: false,
    })
  })

  it('refuses a reply outside the schema, and says when nobody answers', async () => {
    const wrong = await world(() => json({ a: 1 }))
      .api.call('/x', z.object({ a: z.string() }))
      .then(failed, (caught) => caught as BlyanError)
    expect(wrong.code).to.equal('PAGE_GATEWAY_REPLY')
    const { api, reached } = world(() => Promise.reject(new TypeError('network')))
    const away = (await api.call('/x', z.unknown()).catch((caught) => caught)) as BlyanError
    expect([away.code, reached]).to.deep.equal(['PAGE_GATEWAY_AWAY', [false]])
  })

  it('asks for no refresh where nobody signed in, and throws where somebody must have', async () => {
    const { api, calls } = world(() => json(1))
    await api.call('/x', z.number())
    expect(calls.map(({ url }) => url)).to.deep.equal(['/x'])
    const error = await api.call('/x', z.number(), { token: 'needed' }).then(failed, (caught) => caught as BlyanError)
    expect(error.code).to.equal('PAGE_SIGNED_OUT')
  })

  it('refreshes a token before it ends, once for many requests', async () => {
    const { api, session, calls } = world((url) => (url.endsWith('/refresh') ? json(login('fresh', 9e9)) : json(1)))
    session.set(login('old', 1_000_001))
    await Promise.all([1, 2, 3].map(() => api.call('/x', z.number())))
    expect(calls.filter(({ url }) => url.endsWith('/refresh'))).to.have.length(1)
    expect(calls.filter(({ url }) => url === '/x').map(({ authorization }) => authorization)).to.deep.equal(
      Array(3).fill('Bearer fresh'),
    )
  })

  it('keeps no token in storage, and signs out when the cookie is refused', async () => {
    const refused = {
      type: 't',
      title: 't',
      status: 401,
      code: 'C',
      what: 'w',
      fix: 'f',
      fault: 'user',
      data: {},
      id: 'i',
    }
    const { api, session, storage } = world(() => json(refused, 401))
    session.set(login('secret-token', 1))
    expect(JSON.stringify([...storage.kept])).not.to.include('secret-token')
    expect(await api.refresh()).to.equal(false)
    expect([session.current(), session.maySignIn()]).to.deep.equal([null, false])
  })
})

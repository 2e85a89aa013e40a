/** A gateway that lies about what it returns for signing: with the check it gets no signature, without it the money goes. */
import { expect } from 'chai'
import { eq } from 'drizzle-orm'
import { type DraftBody, type DraftReply, taskOrder } from '../../chain/client/gateway/index.ts'
import { draftBodyOf, seal, TransactionDiffersError } from '../../chain/client/sdk/index.ts'
import { roundKeys } from '../../workers/gateway/database/schema/drafts.ts'
import { CONTRACTS, type OrdersWorld, plainText, startOrdersWorld } from '../fixtures/ordersWorld.ts'

const TEXT = plainText(150_000)
const ORDER = { rounds: 1, steps: 16, segments: 8, workers: 1, smallPool: true } as const
const MALLORY = 'mallory.test.near'
const OTHER_HASH = 'ee'.repeat(32)
const OTHER_CID = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'

// biome-ignore lint/suspicious/noExplicitAny: a liar may change anything
type Loose = any

/** Changes the message wherever it stands, as a careful liar would. */
const inMessage =
  (change: (message: Loose) => void) =>
  (reply: Loose): void => {
    change(reply.message)
    const action = reply.transactions.at(-1).actions[0]
    action.args.msg = JSON.stringify({ task: reply.message })
  }
const last = (reply: Loose): Loose => reply.transactions.at(-1).actions[0]

const LIES: Record<string, (reply: Loose) => void> = {
  'raises the bounty by one atto': (reply) => {
    last(reply).args.amount = `${BigInt(last(reply).args.amount) + 1n}`
  },
  'sends the bounty to another receiver': (reply) => {
    last(reply).args.receiver_id = MALLORY
  },
  'calls another contract': (reply) => {
    reply.transactions.at(-1).receiverId = MALLORY
  },
  'transfers instead of ordering': (reply) => {
    last(reply).methodName = 'ft_transfer'
    last(reply).args = { receiver_id: MALLORY, amount: last(reply).args.amount }
  },
  'puts its own key chain into the message': inMessage((message) => {
    message.heldout.head = OTHER_HASH
  }),
  'names other sealed sets': inMessage((message) => {
    message.heldout.sets = OTHER_CID
  }),
  'names a document of other data': inMessage((message) => {
    message.spec = OTHER_CID
  }),
  'starts from other parameters': inMessage((message) => {
    message.base = OTHER_HASH
  }),
  'asks for another class of machine': inMessage((message) => {
    message.class = 'browser'
  }),
  'orders more rounds': inMessage((message) => {
    message.rounds = 2
  }),
  'pays trainers more': inMessage((message) => {
    message.pay = `${BigInt(message.pay) * 2n}`
  }),
  'checks with less certainty': inMessage((message) => {
    message.certainty = 50
    message.validators = 4
    message.samples = 3
  }),
  'shortens a window': inMessage((message) => {
    message.windows.commit = 60_000
  }),
  'reuses a nonce, so that no task is made': inMessage((message) => {
    message.nonce = '1'
  }),
  'says something else beside the task': (reply) => {
    last(reply).args.msg = JSON.stringify({ task: reply.message, stake: { roles: ['trainer'] } })
  },
  'adds a memo to the transfer': (reply) => {
    last(reply).args.memo = 'x'
  },
  'attaches NEAR to the call': (reply) => {
    last(reply).deposit = `${10n ** 24n}`
  },
  'adds an action to the transaction': (reply) => {
    reply.transactions
      .at(-1)
      .actions.push({ ...last(reply), methodName: 'ft_transfer', args: { receiver_id: MALLORY, amount: '1' } })
  },
  'adds a transaction': (reply) => {
    const action = { ...last(reply), methodName: 'ft_transfer', args: { receiver_id: MALLORY, amount: '1' } }
    reply.transactions.push({ receiverId: CONTRACTS.bly, actions: [action] })
  },
  'adds one before the deposits': (reply) => {
    const action = { ...last(reply), methodName: 'ft_transfer', args: { receiver_id: MALLORY, amount: '1' } }
    reply.transactions.unshift({ receiverId: CONTRACTS.bly, actions: [action] })
  },
  'asks for a storage deposit too large': (reply) => {
    reply.transactions[0].actions[0].deposit = `${5n * 10n ** 24n}`
  },
  'pays storage for somebody else': (reply) => {
    reply.transactions[0].actions[0].args = { account_id: MALLORY }
  },
  'pays storage to itself': (reply) => {
    reply.transactions[0].receiverId = MALLORY
  },
  'pays storage twice': (reply) => {
    reply.transactions.unshift(structuredClone(reply.transactions[0]))
  },
  'burns the gas of a hundred calls': (reply) => {
    last(reply).gas = `${30_000n * 10n ** 12n}`
  },
}

describe('a gateway that lies about an order', () => {
  let world: OrdersWorld
  let alice: string
  const draftWith = (lie: (reply: Loose) => void): void => {
    world.tamper = (path, reply) => {
      if (path !== '/api/v1/tasks') return reply
      const copy = structuredClone(reply)
      lie(copy)
      return copy
    }
  }

  before(async () => {
    world = await startOrdersWorld()
    alice = await world.account('alice', 100_000n)
    await world.account('mallory', 0n)
  })
  after(() => world.close())
  beforeEach(async () => {
    // Unsigned orders of the attempts before.
    world.skew += 27 * 3_600_000
    await world.drafts.expire()
  })

  for (const [name, lie] of Object.entries(LIES)) {
    it(`gets no signature when it ${name}`, async () => {
      draftWith(lie)
      const balance = await world.chain.balance(alice)
      let asked = 0
      const client = world.client(alice)
      const signer = world.signer(alice)
      signer.signAndSendTransactions = async () => {
        asked += 1
        return []
      }
      const error = await client.tasks.prepare(ORDER, TEXT).then(
        () => null,
        (caught: unknown) => caught,
      )
      expect(error, 'an error').to.be.instanceOf(TransactionDiffersError)
      expect((error as TransactionDiffersError).data.field).to.be.a('string')
      expect(asked).to.equal(0)
      expect(await world.chain.balance(alice)).to.equal(balance)
    })
  }

  it('gets no signature under a ceiling that the order passes', async () => {
    world.tamper = (_, reply) => reply
    const work = world.client(alice).tasks.prepare(ORDER, TEXT, { maxAtto: 1n })
    expect(
      await work.then(
        () => null,
        (error) => error.code,
      ),
    ).to.equal('SDK_CEILING')
  })

  it('steals where a client signs what it is given', async () => {
    draftWith((reply) => {
      last(reply).methodName = 'ft_transfer'
      last(reply).args = { receiver_id: MALLORY, amount: last(reply).args.amount }
    })
    // The defence off: what the gateway said is taken for what was asked for.
    const { body, post } = await rawDraft()
    const draft = await post(body)
    await world.signer(alice).signAndSendTransactions(draft.transactions)
    expect(await world.chain.balance(MALLORY)).to.equal(draft.quote.bountyAtto)
  })

  it('lets its own key chain into a task where a client signs what it is given', async () => {
    draftWith(inMessage((message) => void (message.heldout.head = OTHER_HASH)))
    const { body, post } = await rawDraft()
    const draft = await post(body)
    await world.signer(alice).signAndSendTransactions(draft.transactions)
    const task = (await world.chain.view('get_tasks', {})).at(-1)
    expect(task.spec.heldout.head).to.equal(OTHER_HASH)
  })

  /** What a client without checks does: sends an order and takes the answer. */
  async function rawDraft(): Promise<{ body: DraftBody; post: (body: DraftBody) => Promise<DraftReply> }> {
    const order = taskOrder.parse({ ...ORDER, certainty: 50, payAtto: `${10n ** 19n}`, seed: '1' })
    const body = draftBodyOf(order, await seal(order, TEXT, world.parts.random(32)), 'gateway')
    const post = async (sent: DraftBody): Promise<DraftReply> =>
      world.tamper('/api/v1/tasks', await world.drafts.make(alice, sent)) as DraftReply
    return { body, post }
  }

  it('keeps one account’s order when another sends the same and lets it lapse', async () => {
    world.tamper = (_, reply) => reply
    const { body } = await rawDraft()
    const honest = await world.drafts.make(alice, body)
    await world.signer(alice).signAndSendTransactions(honest.transactions)
    await world.index((await world.chain.view('get_tasks', {})).at(-1).id)
    // Text and head are public now; the keys are not.
    const { keys: _, ...copy } = body
    const stolen = await world.drafts.make(MALLORY, { ...copy, opener: 'requester' })
    expect(stolen.message).to.deep.equal(honest.message)
    expect(stolen.draft).to.not.equal(honest.draft)
    world.skew += 27 * 3_600_000
    expect(await world.drafts.expire()).to.equal(1)
    expect(await world.store.has(String(honest.message.spec))).to.equal(true)
    expect(await world.store.has(honest.data.cid)).to.equal(true)
    const kept = await world.opened.db.select().from(roundKeys).where(eq(roundKeys.head, body.heldOut.head))
    expect(kept.map(({ account }) => account)).to.deep.equal([alice])
  })

  it('is an honest one whose order is signed and becomes a task', async () => {
    world.tamper = (_, reply) => reply
    const { id } = await world.client(alice).tasks.create(ORDER, TEXT)
    expect((await world.chain.view('get_task', { task_id: id })).requester).to.equal(alice)
  })
})

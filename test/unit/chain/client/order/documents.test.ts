/** What a client computes of a task before signing is what storage, workers and market make of it. */
import { expect } from 'chai'
import { fileCid, modelCid, rawCid } from '../../../../../chain/client/content/index.ts'
import {
  ADAMW_COUNTERS,
  caughtChance,
  choiceOf,
  EMBEDDED_WINDOWS,
  MODEL_SIZES,
  nonceOf,
  priceOf,
  taskDocuments,
} from '../../../../../chain/client/order/index.ts'
import { toHex } from '../../../../../chain/client/protocol.ts'
import { sha256 } from '../../../../../chain/lib/hash.ts'
import { adamw, gpt } from '../../../../../workers/engine/index.ts'
import { heldOutSchema, parseDocument, taskSpecSchema, zeroHashes } from '../../../../../workers/proof/index.ts'
import { addFile } from '../../../../../workers/storage/addFile.ts'

const ORDER = {
  model: 'small',
  rounds: 2,
  steps: 96,
  segments: 48,
  workers: 3,
  certainty: 50,
  payAtto: `${10n ** 19n}`,
  class: 'any',
  smallPool: true,
  seed: '1',
} as const
const HEAD = 'ab'.repeat(32)
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 9)) & 255)

describe('content addresses computed by a client', () => {
  it('are those under which storage nodes add the same bytes, whatever their length', async () => {
    for (const length of [0, 1, 262_143, 262_144, 262_145, 1_000_000, 175 * 262_144 + 5]) {
      const content = bytes(length)
      const { cid } = await addFile(content, { put: async () => {} })
      expect(fileCid(content), `${length} bytes`).to.equal(String(cid))
    }
  })

  it('name a checkpoint by the hash of its parameters alone', () => {
    expect(modelCid(toHex(sha256(bytes(1_000_000))))).to.equal(rawCid(bytes(1_000_000)))
    expect(rawCid(new Uint8Array(0))).to.equal('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')
  })
})

describe('an order', () => {
  const choice = choiceOf(ORDER, { embedded: true, head: HEAD })
  const parts = {
    training: { cid: fileCid(bytes(10)), bytes: 10, sha256: toHex(sha256(bytes(10))) },
    heldOut: {
      head: HEAD,
      sets: [0, 1].map((i) => ({ ciphertext: rawCid(bytes(i)), root: HEAD, bytes: 4_096 })),
    },
    first: { cid: rawCid(bytes(4)), sha256: HEAD, parameters: gpt(choice.model).size },
    runtime: { version: '1.0.0', wasmSha256: HEAD },
    counters: ADAMW_COUNTERS,
    peer: 'http://127.0.0.1:4000',
  }

  it('becomes documents that workers accept, and a message that names them', () => {
    const { documentBytes, heldOutBytes, message } = taskDocuments(choice, parts)
    const document = parseDocument(taskSpecSchema, documentBytes, 'document')
    expect(parseDocument(heldOutSchema, heldOutBytes, 'sets').sets).to.deep.equal(parts.heldOut.sets)
    expect(message).to.include({ spec: fileCid(documentBytes), pay: ORDER.payAtto, small_pool: true, rounds: 2 })
    expect(document.heldOut.sets).to.equal(fileCid(heldOutBytes))
    expect(message.windows).to.deep.equal(EMBEDDED_WINDOWS)
    const count = parts.first.parameters
    expect(adamw().lengths(1).counters).to.equal(ADAMW_COUNTERS)
    expect(message.zero).to.deep.equal(
      zeroHashes((each) => sha256(each), { parameters: count, m: count, v: count, counters: 3, residual: count }),
    )
  })

  it('has one nonce for one sealed text, within 64 bits', () => {
    expect(nonceOf(HEAD)).to.equal(choice.nonce)
    expect(nonceOf('cd'.repeat(32))).to.not.equal(choice.nonce)
    expect(choice.nonce < 2n ** 64n).to.equal(true)
  })

  it('is refused where its steps cannot be sampled, with the least that can', () => {
    expect(() => choiceOf({ ...ORDER, steps: 90 }, { embedded: true, head: HEAD })).to.throw(/each needs two steps/)
  })

  it('costs more with certainty, and names the chances that buys', () => {
    const price = (certainty: 50 | 99): bigint => priceOf({ ...choice, certainty }).bounty
    expect(price(99) > price(50)).to.equal(true)
    const { validators, samples } = priceOf(choice)
    expect(caughtChance({ faked: 0.1, hostile: 1 / 3, validators, samples })).to.be.within(0.5, 0.6)
    expect(caughtChance({ faked: 1, hostile: 1 / 3, validators, samples })).to.be.within(0.95, 0.97)
  })

  it('names sizes as they are', () => {
    expect(gpt(MODEL_SIZES.demo.config).size).to.equal(136_320)
    expect(gpt(MODEL_SIZES.small.config).size).to.equal(31_008)
  })
})

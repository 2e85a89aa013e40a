import { expect } from 'chai'
import { signedItemSchema, signedPageSchema, signerStatusSchema } from '../../../../chain/client/bridge/signerApi.ts'
import { CRASH_POINTS, type CrashPoint } from '../../../../oracle/signer/crashPoint.ts'
import { rng } from '../../../../workers/engine/rng.ts'
import { SignerProcess, until } from '../../../fixtures/bridge/signerProcess.ts'

const KILLS = 5
/** Locks, and burns, between two kills. */
const EACH = 3
/** How often a process passes a point that has as much to do. */
const PASSES: Record<CrashPoint, number> = {
  'after-observe': 2,
  'after-journal': 2 * EACH,
  'after-sign': 2 * EACH,
  'before-serve': 2 * EACH,
}

describe('a signer that is killed', () => {
  let world: SignerProcess
  beforeEach(async () => {
    world = await new SignerProcess().open()
  })
  afterEach(() => world.close())

  const page = async (url: string, kind: string) =>
    signedPageSchema.parse(await (await fetch(`${url}/payloads?kind=${kind}&limit=200`)).json())

  for (const point of CRASH_POINTS) {
    it(`${KILLS} times ${point} signs one thing for each number, and loses none`, async () => {
      const random = rng('00000001', `signer/${point}`)
      for (let kill = 0; kill < KILLS; kill++) {
        for (let i = 0; i < EACH; i++) {
          world.near.lock(String(1 + random.below(1000)))
          world.evm.burn(1n + BigInt(random.below(1000)))
        }
        world.evm.empty(2)
        const pass = 1 + random.below(PASSES[point])
        const { ended } = world.start({ BLYAN_CRASH_AT: `${point}:${pass}` })
        expect(await ended, `kill ${kill} at pass ${pass}`).to.equal('SIGKILL')
      }
      const child = world.start()
      const url = await child.url
      const all = KILLS * EACH
      for (const kind of ['lock', 'burn']) {
        const { items } = await until(
          () => page(url, kind),
          ({ items }) => items.length === all,
        )
        expect(items.map(({ key }) => Number(key))).to.deep.equal(Array.from({ length: all }, (_, i) => i))
        for (const { key, digest, payload } of items) {
          const digests = world.asked.filter((asked) => asked.kind === kind && asked.payload.nonce === key)
          expect(new Set(digests.map((asked) => asked.digest))).to.deep.equal(new Set([digest]))
          const chain = kind === 'lock' ? world.near.locks : world.evm.burns
          expect(payload).to.include({ amount: String(chain[Number(key)]!.amount) })
        }
      }
      child.process.kill('SIGTERM')
      expect(await child.ended).to.equal(0)
    })
  }

  it('halts by itself when its source is gone, says so, ends with 1, and starts again only when told', async () => {
    world.evm.burn(5n)
    world.evm.empty(3)
    const child = world.start()
    const url = await child.url
    await until(
      () => page(url, 'burn'),
      ({ items }) => items.length === 1,
    )
    world.evm.reorganise(1, 'fork')
    world.evm.empty(5)
    const status = await until(
      async () => signerStatusSchema.parse(await (await fetch(`${url}/status`)).json()),
      ({ halted }) => halted !== null,
    )
    expect(status.halted?.code).to.equal('SIGNER_SOURCE_VANISHED')
    const refusal = await fetch(`${url}/payloads/burn/0`)
    expect([refusal.status, refusal.headers.get('content-type')]).to.deep.equal([503, 'application/problem+json'])
    expect((await fetch(`${url}/health`)).status).to.equal(503)
    expect(await (await fetch(`${url}/metrics`)).text()).to.include('blyan_signer_halted 1')
    child.process.kill('SIGTERM')
    expect(await child.ended).to.equal(1)
    const again = world.start()
    expect(await again.ended).to.equal(1)
    expect(again.stderr()).to.include('--clear-halt')
    const cleared = world.start({}, '--clear-halt')
    world.near.lock('9')
    const clearedUrl = await cleared.url
    const { items } = await until(
      () => page(clearedUrl, 'lock'),
      (answer) => answer.items.length === 1,
    )
    const item = signedItemSchema.parse(await (await fetch(`${clearedUrl}/payloads/lock/0`)).json())
    expect(item).to.deep.equal(items[0])
    expect((await fetch(`${clearedUrl}/payloads/lock/7`)).status).to.equal(404)
    expect((await fetch(`${clearedUrl}/payloads?kind=nothing`)).status).to.equal(400)
    const second = world.start()
    expect(await second.ended).to.equal(1)
    expect(second.stderr()).to.include('Another signer works with the journal')
  })
})

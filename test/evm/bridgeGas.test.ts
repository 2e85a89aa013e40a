/** What the bridge's calls cost, held by docs/results/gas-evm.json. */
import { BLY, type BridgeWorld, deployBridge } from '../fixtures/evmBridge.ts'
import { holdGas } from '../fixtures/evmGas.ts'
import { type EvmNetwork, startEvmNetwork } from '../fixtures/evmNetwork.ts'

describe('gas of the bridge on EVM', () => {
  let network: EvmNetwork

  before(async () => {
    network = await startEvmNetwork()
  })
  after(() => network.close())

  it('a mint costs no more than its aim with 2 of 3 and with 11 of 16 signers', async () => {
    const few = await deployBridge({ network })
    await few.mint({ receiver: network.accounts[9] })
    // A new holder and a new word of nonces: the dearest there is, past the first mint of all.
    const dearest = { nonce: 256n, receiver: network.accounts[8] }
    holdGas('mint 2 of 3, new holder, new nonce word', (await few.mint(dearest)).gasUsed, 150_000)
    holdGas(
      'mint 2 of 3, known holder',
      (await few.mint({ nonce: 2n, receiver: network.accounts[9] })).gasUsed,
      150_000,
    )

    const many = await deployBridge({ network, n: 16, k: 11 })
    await many.mint({ receiver: network.accounts[9] })
    holdGas('mint 11 of 16, new holder, new nonce word', (await many.mint(dearest)).gasUsed, 260_000)
  })

  it('a burn costs no more than its aim, however long the receiver', async () => {
    const world = await deployBridge({ network })
    const holder = network.accounts[9]!
    await world.mint({ receiver: holder, amount: 100n * BLY })
    await world.burn(holder, BLY)
    holdGas('burn', (await world.burn(holder, BLY, 'alice.near')).gasUsed, 70_000)
    holdGas('burn, receiver of 64 characters', (await world.burn(holder, BLY, 'a'.repeat(64))).gasUsed)
    const rest = await world.balanceOf(holder)
    holdGas('burn, whole balance', (await world.burn(holder, rest)).gasUsed, 70_000)
  })

  it('what waits, is refunded or rotates costs what the snapshot says', async () => {
    const world: BridgeWorld = await deployBridge({
      network,
      config: { largeAmount: 1000n * BLY, hourlyLimit: 4000n * BLY },
    })
    holdGas('mint, delayed', (await world.mint({ nonce: 0n, amount: 1000n * BLY })).gasUsed)
    for (let nonce = 1n; nonce <= 4n; nonce++) await world.mint({ nonce, amount: 500n * BLY })
    holdGas('mint, queued', (await world.mint({ nonce: 5n, amount: 500n * BLY })).gasUsed)
    await network.pass(3600)
    holdGas('release of one', (await network.send(world.bridge, 'release', [1n])).gasUsed)
    holdGas('releaseDelayed', (await network.send(world.bridge, 'releaseDelayed', [0n])).gasUsed)
    await world.burn(network.accounts[5]!, 10n * BLY)
    holdGas('refund', (await world.refund(0n)).gasUsed)
    const validFrom = (await network.now()) + 4000n
    const next = { epoch: 2n, signers: world.config.signers, k: 2, validFrom }
    const [old, all] = [await world.sign('Rotate', next), await world.sign('Rotate', next, world.signers)]
    holdGas('rotate to 3', (await network.send(world.bridge, 'rotate', [next, old, all])).gasUsed)
  })
})

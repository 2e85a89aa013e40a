/** An EVM wallet asked by the page: moved to the bridge's chain or not asked at all, and its no is no error. */
import { expect } from 'chai'
import { BlyanError } from '../../../../chain/lib/errors.ts'
import {
  type EvmProvider,
  evmSigner,
  moveToChain,
  requestAccounts,
} from '../../../../frontend/src/wallet/evmProvider.ts'

const ALICE = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const CHAIN = { chainId: 31_337, name: 'EVM', rpcUrl: 'http://127.0.0.1:4173/evm' }
const CALL = { to: ALICE, data: '0x1234' } as const
const HASH = `0x${'ab'.repeat(32)}`

const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof BlyanError ? error.code : String(error)),
  )

/** A wallet of these habits. */
function walletOf(
  habits: {
    chain?: number
    knows?: number[]
    adds?: boolean
    moves?: boolean
    accounts?: string[]
    sends?: () => unknown
  } = {},
) {
  const { knows = [1], adds = true, moves = true, accounts = [ALICE], sends = () => HASH } = habits
  let chain = habits.chain ?? 1
  const asked: string[] = []
  const provider: EvmProvider = {
    async request({ method, params }) {
      asked.push(method)
      const [first] = (params ?? []) as [{ chainId: string }]
      switch (method) {
        case 'eth_chainId':
          return `0x${chain.toString(16)}`
        case 'wallet_switchEthereumChain':
          if (!knows.includes(Number(first.chainId))) throw Object.assign(new Error('unknown'), { code: 4902 })
          if (moves) chain = Number(first.chainId)
          return null
        case 'wallet_addEthereumChain':
          if (!adds) throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
          knows.push(Number(first.chainId))
          return null
        case 'eth_accounts':
        case 'eth_requestAccounts':
          return accounts
        case 'eth_sendTransaction':
          return sends()
      }
      throw new Error(method)
    },
  }
  return { provider, asked }
}

describe('an EVM wallet that sends', () => {
  it('is told of a chain that it does not know, moved there, and only then asked to send', async () => {
    const { provider, asked } = walletOf()
    expect(await evmSigner(provider, 'W', ALICE).send(CALL, CHAIN)).to.equal(HASH)
    expect(asked).to.deep.equal([
      'eth_chainId',
      'wallet_switchEthereumChain',
      'wallet_addEthereumChain',
      'eth_chainId',
      'wallet_switchEthereumChain',
      'eth_chainId',
      'eth_accounts',
      'eth_sendTransaction',
    ])
  })

  it('is not asked to send on another chain: one that stays where it is gets nothing to sign', async () => {
    const stays = walletOf({ knows: [1, 31_337], moves: false })
    expect(await refusal(evmSigner(stays.provider, 'W', ALICE).send(CALL, CHAIN))).to.equal('PAGE_EVM_CHAIN')
    const refuses = walletOf({ adds: false })
    expect(await refusal(moveToChain(refuses.provider, CHAIN))).to.equal('PAGE_WALLET_REFUSED')
    for (const { asked } of [stays, refuses]) expect(asked).not.to.include('eth_sendTransaction')
  })

  it('sends from the account that was reviewed or not at all', async () => {
    const other = walletOf({ chain: 31_337, accounts: [`0x${'22'.repeat(20)}`] })
    expect(await refusal(evmSigner(other.provider, 'W', ALICE).send(CALL, CHAIN))).to.equal('PAGE_WALLET_REFUSED')
    expect(other.asked).not.to.include('eth_sendTransaction')
  })

  it('takes a no, an answer that is no hash, and no account for what they are: nothing was sent', async () => {
    const no = walletOf({
      chain: 31_337,
      sends: () => {
        throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
      },
    })
    expect(await refusal(evmSigner(no.provider, 'W', ALICE).send(CALL, CHAIN))).to.equal('PAGE_WALLET_REFUSED')
    const odd = walletOf({ chain: 31_337, sends: () => 'done' })
    expect(await refusal(evmSigner(odd.provider, 'W', ALICE).send(CALL, CHAIN))).to.equal('PAGE_WALLET_REFUSED')
    expect(await refusal(requestAccounts(walletOf({ accounts: ['<img>'] }).provider))).to.equal('PAGE_WALLET_REFUSED')
  })
})

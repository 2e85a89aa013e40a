/** Ethereum wallets by EIP-6963 through wagmi: they sign in, and send for the bridge; they never sign for the market. */
import { getAddress } from 'viem'
import { parseSiweMessage } from 'viem/siwe'
import { type Connector, createConfig, http } from 'wagmi'
import { connect, getConnectors, signMessage, watchConnectors } from 'wagmi/actions'
import { mainnet } from 'wagmi/chains'
import { WrongBytesError } from '../api/errors.ts'
import { type EvmProvider, type EvmSigner, evmSigner, requestAccounts, shownAccounts } from './evmProvider.ts'
import { type Wallet, WalletRefusedError, WalletUnfitError } from './types.ts'

/** Nothing is asked of any chain: signing needs none. */
const config = createConfig({
  chains: [mainnet],
  connectors: [],
  multiInjectedProviderDiscovery: true,
  storage: null,
  transports: { [mainnet.id]: http('/rpc') },
})

export interface EvmChoice {
  id: string
  /** Its own lasting name, such as io.metamask; the same after a reload. */
  rdns: string
  name: string
  connect(): Promise<Wallet>
  /** For transactions on the bridge's chain. @throws WalletRefusedError */
  open(): Promise<EvmSigner>
  /** The account that it shows to this page already, without asking anybody; null when it shows none. */
  reopen(): Promise<EvmSigner | null>
}

/** Tells which wallets have announced themselves, now and whenever another does. @returns how to stop */
export function watchEvmChoices(onChoices: (choices: EvmChoice[]) => void): () => void {
  const tell = (connectors: readonly Connector[]): void =>
    onChoices(
      connectors.map((connector) => ({
        id: connector.uid,
        rdns: connector.id,
        name: connector.name,
        connect: async () => {
          const { accounts } = await asked(() => connect(config, { connector }))
          return walletOf(connector.name, accounts[0] as `0x${string}`)
        },
        open: async () => {
          const provider = await providerOf(connector)
          const [address] = await requestAccounts(provider)
          return evmSigner(provider, connector.name, getAddress(address!))
        },
        reopen: async () => {
          const provider = await providerOf(connector)
          const [address] = await shownAccounts(provider)
          return address === undefined ? null : evmSigner(provider, connector.name, getAddress(address))
        },
      })),
    )
  tell(getConnectors(config) as readonly Connector[])
  return watchConnectors(config, { onChange: (connectors) => tell(connectors as readonly Connector[]) })
}

async function providerOf(connector: Connector): Promise<EvmProvider> {
  const provider = (await connector.getProvider()) as EvmProvider | undefined
  if (provider !== undefined) return provider
  throw new WalletRefusedError({ what: `${connector.name} is gone from this page.`, fix: 'Reload the page.' })
}

function walletOf(name: string, address: `0x${string}`): Wallet {
  return {
    kind: 'evm',
    name,
    accountId: address,
    async signIn({ message, nonce }) {
      requireOurs(message, nonce, address)
      const signature = await asked(() => signMessage(config, { account: address, message }))
      return { kind: 'evm', message, signature }
    },
    async signAndSend() {
      throw new WalletUnfitError({
        what: 'An Ethereum account signs in, but only a NEAR account signs for the market.',
        fix: 'Link a NEAR account on your account page.',
      })
    },
  }
}

/** What is signed must name this page, this account and nothing else. @throws WrongBytesError */
function requireOurs(message: string, nonce: string, address: string): void {
  const said = parseSiweMessage(message)
  const same =
    said.domain === location.host && said.address?.toLowerCase() === address.toLowerCase() && said.nonce === nonce
  if (same) return
  throw new WrongBytesError({
    what: `The gateway asks for a signature that names ${said.domain ?? 'no site'}, not ${location.host}.`,
    fix: 'Do not sign it. Open the page by the address that its gateway states.',
  })
}

/** Wallets say no in many ways; what each means is that nothing was signed. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw new WalletRefusedError({
      what: `The wallet did not sign: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`,
      fix: 'Look again at what it asks, then press it again.',
    })
  }
}

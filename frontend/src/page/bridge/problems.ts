/** What goes wrong between this page and the two chains, in words that a reader can act on. */
import { BaseError, ContractFunctionRevertedError } from 'viem'
import { RpcUnreachableError } from '../../../../chain/client/near/errors.ts'
import { BlyanError, type Fault } from '../../../../chain/lib/errors.ts'
import { toBlyanError } from '../../api/errors.ts'
import { refusalOf } from './evmEvents.ts'

/** A chain cannot be read through this gateway now. */
export class ChainAwayError extends BlyanError {
  static override readonly code: string = 'PAGE_CHAIN_AWAY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** A contract on EVM refuses what it was asked; the name is its own. */
export class EvmSaysNoError extends BlyanError {
  static override readonly code: string = 'PAGE_EVM_SAYS_NO'
  static override readonly fault: Fault = 'peer'
}

/** Any thrown value of the bridge's readers as an error with what and fix; never a library's own text. */
export function problemOf(error: unknown): BlyanError {
  if (error instanceof RpcUnreachableError) return away('NEAR', error)
  if (!(error instanceof BaseError)) return toBlyanError(error)
  const refusal = refusalOf(error)
  if (refusal !== null) return refusal
  const reverted = error.walk((each) => each instanceof ContractFunctionRevertedError)
  return reverted === null ? away('The EVM chain', error) : saysNo(error)
}

const away = (which: string, cause: unknown): ChainAwayError =>
  new ChainAwayError({
    what: `${which} does not answer through this gateway.`,
    fix: 'Nothing is lost and nothing was sent; the page asks again by itself.',
    cause,
  })

const saysNo = (cause: BaseError): EvmSaysNoError =>
  new EvmSaysNoError({
    what: 'The contract on the EVM chain refuses that.',
    fix: 'Ask again; if it stays, check it over another EVM node.',
    cause,
  })

/**
 * For a contract that uses near-sdk-js's own `NearBindgen`, which reads the record `STATE` before every method and writes it
 * after every call, at 0.3 TGas: `stateless(Bly)` after the class takes that away. `NearBindgen` of bindgen.ts is lighter
 * still, because the SDK's serializer stays out of the wasm (98 kB).
 */
import { near } from 'near-sdk-js'
import { fail } from './errors.ts'

/** The static methods that NearBindgen adds to a class, as far as they are replaced. */
interface Bound {
  _getState(): unknown
  _saveToStorage(contract: unknown): void
  _getArgs(): unknown
  _serialize(value: unknown, forReturn?: boolean): Uint8Array
}

/**
 * Takes the record away. Arguments that are no JSON end the call with `ARGUMENT_INVALID`; results are plain JSON, so a
 * method returns amounts as strings. An `@initialize` method is no longer refused a second time: it checks that itself.
 */
export function stateless(contract: object): void {
  const bound = contract as Bound
  bound._getState = () => null
  bound._saveToStorage = () => {}
  bound._getArgs = readArgs
  bound._serialize = (value) => encodeUtf8(JSON.stringify(value))
}

declare const env: { utf8_string_to_uint8array(text: string): Uint8Array }

const encodeUtf8 = (text: string): Uint8Array => env.utf8_string_to_uint8array(text)

function readArgs(): unknown {
  const text = near.input()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    return fail('ARGUMENT_INVALID', `the arguments are no JSON: ${(error as Error).message}`)
  }
}

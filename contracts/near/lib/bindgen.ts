/**
 * near-sdk-js's `NearBindgen` for contracts that keep their state under keys of their own. The SDK's reads a record `STATE`
 * before every method and writes it after every call: 0.3 TGas, and its serializer brings lodash along: 98 kB of wasm, 0.1 TGas
 * of loading a call. This one has the same name, so the SDK's exporter finds it, and the same static methods, which the exporter calls.
 */
import { near } from 'near-sdk-js'
import { fail } from './errors.ts'

declare const env: { utf8_string_to_uint8array(text: string): Uint8Array }

/**
 * Class decorator of a contract without a state record. Arguments that are no JSON end the call with `ARGUMENT_INVALID`.
 * Results are plain JSON: a method returns amounts as strings. Whether `init` ran already, it must check itself.
 */
export function NearBindgen(_options: object) {
  // biome-ignore lint/suspicious/noExplicitAny: what TypeScript asks of a class that is extended
  return <T extends new (...args: any[]) => object>(target: T) =>
    class extends target {
      static _create = () => new target()
      static _getState = () => null
      static _saveToStorage = () => {}
      static _requireInit = () => false
      static _getArgs = readArgs
      static _serialize = (value: unknown) => env.utf8_string_to_uint8array(JSON.stringify(value))
    }
}

function readArgs(): unknown {
  const text = near.input()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    return fail('ARGUMENT_INVALID', `the arguments are no JSON: ${(error as Error).message}`)
  }
}

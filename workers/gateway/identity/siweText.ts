/**
 * Fields of an EIP-4361 message to its text. viem's own writer takes no single-label hosts, such as a container's name;
 * its parser does, and a text is only believed when this writer makes the same of the parsed fields. Source: EIP-4361.
 */
import type { SiweMessage } from 'viem/siwe'

export type SiweFields = Partial<SiweMessage>

/** @returns null-safe text: what is missing shows as the word `undefined` and so equals no real message */
export function renderSiwe(fields: SiweFields): string {
  const { scheme, domain, address, statement, uri, version, chainId, nonce } = fields
  const { issuedAt, expirationTime, notBefore, requestId, resources } = fields
  return [
    `${scheme === undefined ? '' : `${scheme}://`}${domain} wants you to sign in with your Ethereum account:`,
    address,
    '',
    ...(statement === undefined ? [] : [statement]),
    '',
    `URI: ${uri}`,
    `Version: ${version}`,
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${iso(issuedAt)}`,
    ...(expirationTime === undefined ? [] : [`Expiration Time: ${iso(expirationTime)}`]),
    ...(notBefore === undefined ? [] : [`Not Before: ${iso(notBefore)}`]),
    ...(requestId === undefined ? [] : [`Request ID: ${requestId}`]),
    ...(resources === undefined ? [] : ['Resources:', ...resources.map((each) => `- ${each}`)]),
  ].join('\n')
}

const iso = (date: Date | undefined): string =>
  date === undefined || Number.isNaN(date.getTime()) ? 'undefined' : date.toISOString()

/**
 * Where a price source may be: on the public internet, and nowhere that only this machine reaches. A name is resolved once,
 * every address of it is looked at, and the connection goes to the very address that was looked at, so that a second answer
 * of the name's owner changes nothing. Source: IANA special-purpose address registries (RFC 6890).
 */
import { lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { SourceAddressError } from './errors.ts'

const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16', // with the metadata services of clouds
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** Of IPv6 only 2000::/3 is global, so mapped, translated, local and metadata addresses are none of it; nor are these. */
const GLOBAL_V6 = '2000::/3'
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']
const LOOPBACK_V4 = '127.0.0.0/8'

const special4 = listOf('ipv4', SPECIAL_V4)
const global6 = listOf('ipv6', [GLOBAL_V6])
const special6 = listOf('ipv6', SPECIAL_V6)
const loopback4 = listOf('ipv4', [LOOPBACK_V4])

/** Whether an IP address, no name, is reachable from everywhere. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !special4.check(address, 'ipv4')
  return family === 6 && global6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
}

/** Whether an IP address is this machine's loopback as it is commonly written. */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address)
  return family === 4 ? loopback4.check(address, 'ipv4') : address === '::1'
}

export type AddressRule = (address: string) => boolean

/**
 * The URL of a source, when a source may be there. A name is judged later, by what it resolves to.
 * @throws SourceAddressError for plain http, a user name, or an address that `allowed` refuses
 */
export function requireSourceUrl(text: string, allowed: AddressRule, allowHttp: boolean): URL {
  const url = new URL(text)
  if (url.protocol !== 'https:' && !allowHttp) throw refuse(`${url.origin} is not https`)
  if (url.username !== '' || url.password !== '') throw refuse('The address of a source carries a user name')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !allowed(host)) throw refuse(`${host} is no public address`)
  return url
}

/** A resolver that gives the first address of a name, and none when any of them is refused. */
export function pinnedLookup(allowed: AddressRule, resolve: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      const [first] = addresses
      const bad = addresses.find(({ address }) => !allowed(address))
      if (first === undefined || bad !== undefined) {
        return callback(
          refuse(`${hostname} resolves to ${bad?.address ?? 'nothing'}, which is no public address`),
          '',
          0,
        )
      }
      if (options.all) callback(null, [first])
      else callback(null, first.address, first.family)
    })
  }
}

const refuse = (what: string): SourceAddressError =>
  new SourceAddressError({ what: `${what}.`, fix: 'Name a source with a public https address.' })

function listOf(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [net, prefix] = subnet.split('/')
    list.addSubnet(net!, Number(prefix), family)
  }
  return list
}

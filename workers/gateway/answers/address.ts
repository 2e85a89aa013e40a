/**
 * Addresses that strangers registered. They may not lead into a private network: neither as written, nor by what their
 * name resolves to at the moment of connecting. Source: IANA special-purpose address registries (RFC 6890).
 */
import { lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { AnswersAddressError } from './errors.ts'

const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
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
/** Of IPv6 only 2000::/3 is global; of that, documentation, Teredo and 6to4 are not. */
const GLOBAL_V6 = '2000::/3'
const SPECIAL_V6 = ['2001::/32', '2001:db8::/32', '2002::/16', '3fff::/20']

const special = listOf('ipv4', SPECIAL_V4)
const global6 = listOf('ipv6', [GLOBAL_V6])
const special6 = listOf('ipv6', SPECIAL_V6)

/** Whether an IP address (no name) is reachable from everywhere. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !special.check(address, 'ipv4')
  return family === 6 && global6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
}

/**
 * Parses a registered base URL.
 * @param allowPrivate true on the embedded network alone, where everything listens on loopback
 * @throws AnswersAddressError
 */
export function parseServerUrl(text: string, allowPrivate: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '' || url.password !== '') {
    throw refuse('The registered address of a server is no http address.')
  }
  const name = url.hostname.replace(/^\[|\]$/g, '')
  if (!allowPrivate && isIP(name) !== 0 && !isPublicAddress(name)) throw refuse(PRIVATE)
  return url
}

/** Resolves like the system, but refuses a name of which any address is private: then no connection is begun. */
export function publicLookup(resolve: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      const first = addresses[0]
      if (!first || addresses.some(({ address }) => !isPublicAddress(address))) return callback(refuse(PRIVATE), '', 0)
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

const PRIVATE = 'The registered address of a server leads into a private network.'

const refuse = (what: string): AnswersAddressError =>
  new AnswersAddressError({ what, fix: 'Ask another server; its operator must register a public http address.' })

function listOf(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [net, prefix] = subnet.split('/')
    list.addSubnet(net, Number(prefix), family)
  }
  return list
}

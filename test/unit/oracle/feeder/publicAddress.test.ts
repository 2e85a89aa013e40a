/** Which addresses a source may have. */
import { expect } from 'chai'
import { SourceAddressError } from '../../../../oracle/feeder/errors.ts'
import {
  isLoopbackAddress,
  isPublicAddress,
  pinnedLookup,
  requireSourceUrl,
} from '../../../../oracle/feeder/publicAddress.ts'

const PRIVATE = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::7f00:1',
  '64:ff9b::a00:1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'ff02::1',
  '2001:db8::1',
  '2001:0:a00:1::',
  '2002:7f00:1::',
  'localhost',
  '',
]

describe('a source’s address', () => {
  it('is no private, mapped, translated, link-local or metadata address', () => {
    for (const address of PRIVATE) expect(isPublicAddress(address), address).to.equal(false)
  })

  it('is a public one, to the edges of the private ranges', () => {
    const open = ['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.0.1', '172.32.0.1']
    for (const address of [...open, '8.8.8.8', '2606:4700::1111', '2a00:1450::1']) {
      expect(isPublicAddress(address), address).to.equal(true)
    }
  })

  it('may be the loopback only where that was asked for, and no other private one then', () => {
    for (const address of PRIVATE) {
      expect(isLoopbackAddress(address), address).to.equal(/^127\.|^::1$/.test(address))
    }
  })

  it('is seen through other ways of writing it', () => {
    const hosts = ['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '[::ffff:7f00:1]', '[::1]', '169.254.169.254', '0']
    for (const host of hosts) {
      expect(() => requireSourceUrl(`https://${host}/price`, isPublicAddress, false), host).to.throw(SourceAddressError)
    }
    expect(() => requireSourceUrl('http://prices.example', isPublicAddress, false)).to.throw(
      SourceAddressError,
      'https',
    )
    expect(() => requireSourceUrl('https://me:secret@prices.example', isPublicAddress, false)).to.throw(
      SourceAddressError,
    )
    expect(requireSourceUrl('https://prices.example/x', isPublicAddress, false).host).to.equal('prices.example')
  })

  it('is refused when any of a name’s addresses is private, and is the one looked at otherwise', async () => {
    const resolved = (...addresses: string[]) =>
      new Promise<unknown>((resolve) => {
        const answer = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
        const names = ((_host: string, _options: object, done: (e: null, all: object[]) => void) =>
          done(null, answer)) as never
        pinnedLookup(isPublicAddress, names)('prices.example', {}, (error, address) => resolve(error ?? address))
      })
    expect(await resolved('8.8.8.8', '1.1.1.1')).to.equal('8.8.8.8')
    expect(await resolved('8.8.8.8', '10.0.0.1')).to.be.instanceOf(SourceAddressError)
    expect(await resolved('::ffff:10.0.0.1')).to.be.instanceOf(SourceAddressError)
    expect(await resolved()).to.be.instanceOf(SourceAddressError)
  })
})

/** Registered addresses: none may lead inside. */
import { expect } from 'chai'
import { isPublicAddress, parseServerUrl, publicLookup } from '../../../../../workers/gateway/answers/index.ts'

const codeOf = (act: () => unknown): string => {
  try {
    act()
    return 'fine'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('addresses that servers registered', () => {
  it('knows the networks that are not for everyone, in both families', () => {
    const inside = [
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '198.18.0.1',
      '::',
      '::1',
      'fe80::1',
      'fc00::1',
      'fd12::1',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2001:db8::1',
      '2001::1',
      'localhost',
      '',
    ]
    const outside = ['8.8.8.8', '172.32.0.1', '100.128.0.1', '1.1.1.1', '2606:4700::1111', '2a00::1']
    expect(inside.filter(isPublicAddress)).to.deep.equal([])
    expect(outside.filter(isPublicAddress)).to.deep.equal(outside)
  })

  it('refuses private addresses however they are written, credentials and other schemes', () => {
    const refused = [
      'http://127.0.0.1:1',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://0177.0.0.1/',
      'http://127.1/',
      'http://[::1]/',
      'http://[::ffff:169.254.169.254]/',
      'http://10.0.0.1/',
      'file:///etc/passwd',
      'gopher://8.8.8.8/',
      'ftp://8.8.8.8/',
      'http://user:pass@8.8.8.8/',
      'no address',
      '',
    ]
    for (const url of refused)
      expect(
        codeOf(() => parseServerUrl(url, false)),
        url,
      ).to.equal('ANSWERS_ADDRESS')
    for (const url of ['http://8.8.8.8:4401', 'https://server.example', 'http://[2606:4700::1111]:80/']) {
      expect(
        codeOf(() => parseServerUrl(url, false)),
        url,
      ).to.equal('fine')
    }
    expect(codeOf(() => parseServerUrl('http://127.0.0.1:1', true))).to.equal('fine')
  })

  it('refuses a name at the moment of connecting if any of its addresses is private', async () => {
    type Resolve = Parameters<typeof publicLookup>[0]
    const resolving = (addresses: string[]): Resolve =>
      ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        )) as unknown as Resolve
    const look = (addresses: string[], all = false): Promise<unknown> =>
      new Promise((resolve) =>
        publicLookup(resolving(addresses))('name.example', { all }, (error, found) =>
          resolve(error ? (error as { code?: string }).code : found),
        ),
      )
    expect(await look(['8.8.8.8'])).to.equal('8.8.8.8')
    expect(await look(['8.8.8.8'], true)).to.deep.equal([{ address: '8.8.8.8', family: 4 }])
    expect(await look(['127.0.0.1'])).to.equal('ANSWERS_ADDRESS')
    expect(await look(['8.8.8.8', '169.254.169.254'], true)).to.equal('ANSWERS_ADDRESS')
    expect(await look([])).to.equal('ANSWERS_ADDRESS')
  })
})

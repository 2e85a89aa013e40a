/** The feeder's configuration file. */
import { expect } from 'chai'
import { parseFeederConfig, readFeederConfig } from '../../../../oracle/feeder/config.ts'
import { FeederConfigError } from '../../../../oracle/feeder/errors.ts'
import { feederConfig } from '../../../fixtures/oracle/feederConfig.ts'

const refusal = (change: (config: ReturnType<typeof feederConfig>) => void): FeederConfigError => {
  const config = feederConfig()
  change(config)
  try {
    parseFeederConfig(config)
  } catch (error) {
    expect(error).to.be.instanceOf(FeederConfigError)
    return error as FeederConfigError
  }
  throw new Error('it was taken')
}

describe('a feeder’s configuration', () => {
  it('fills in interval, spread, digits and limits', () => {
    const config = parseFeederConfig(feederConfig())
    expect(config.interval_sec).to.equal(30)
    expect(config.assets[0]!.spread_bps).to.equal(200)
    expect(config.assets[0]!.sources[1]).to.include({ timeout_ms: 5_000, max_bytes: 65_536, allow_loopback: false })
  })

  it('names the field that does not fit', () => {
    const field = (change: Parameters<typeof refusal>[0]) => refusal(change).data.field
    expect(field((config) => config.assets[0].sources.pop())).to.equal('assets.0.sources')
    expect(field((config) => (config.assets[0].sources[1].name = 'file'))).to.equal('assets.0.sources')
    expect(field((config) => (config.oracle = 'Not an account'))).to.equal('oracle')
    expect(field((config) => (config.assets[0].sources[1].url = 'ftp://prices.example'))).to.equal(
      'assets.0.sources.1.url',
    )
    expect(field((config) => Object.assign(config, { key: 'ed25519:secret' }))).to.equal('')
  })

  it('says which file is missing', () => {
    expect(() => readFeederConfig('/nowhere/feeder.json')).to.throw(
      FeederConfigError,
      '/nowhere/feeder.json cannot be read',
    )
  })
})

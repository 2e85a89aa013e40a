/** The price feeder. */
export { agree, spreadOf } from './agree.ts'
export { type FeederConfig, parseFeederConfig, readFeederConfig } from './config.ts'
export { formatDecimal, fromOraclePrice, toOraclePrice } from './decimal.ts'
export { type AssetState, createFeeder, type Feeder, type FeederLog } from './feeder.ts'
export { type StartedFeeder, startFeeder } from './start.ts'

/** Development money: an account with BLY and NEAR for whoever opens the page of an embedded network. Never elsewhere. */
export { createFaucet, type Faucet, FaucetRefusedError } from './faucet.ts'
export { faucetRoutes } from './route.ts'

/** The gateway's part of the bridge: it tells where things are and passes questions on; it signs and holds nothing. */
export { bridgeRawRoutes, bridgeRoutes } from './routes.ts'

/** What gateways of one site tell each other: in one process by calling, in several through Redis. */
export { type Bus, BusError, memoryBus, redisBus } from './bus.ts'

/** Live messages over WebSocket. */
export { CLIENT_LIMITS, type ClientLimits } from './client.ts'
export * from './errors.ts'
export { createHub, type Hub, type HubLimits, type HubOptions } from './hub.ts'
export { type EventRow, type LiveMessage, messagesOf } from './messages.ts'
export { eventReaderOf } from './readEvents.ts'

/** The operator's own door, on the machine alone. */
export { type AdminHandlers, identityHandlers } from './handlers.ts'
export { askAdmin, serveAdmin } from './socket.ts'
export { openStopped } from './stopped.ts'

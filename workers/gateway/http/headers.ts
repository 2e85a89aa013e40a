/** Headers of every answer: what a page served from here may do, and what others may do with its answers. */
import type { GatewayConfig } from '../types.ts'

/** @param connect further places that the page may call, beside its own origin */
export function contentSecurityPolicy(origin: string, connect: readonly string[] = []): string {
  const socket = origin.replace(/^http/, 'ws')
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", socket, ...connect].join(' ')}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The RPCs that a page may ask beside ours: the chain's own on the embedded network, any over TLS elsewhere. */
export const connectSources = ({ embedded, rpcUrl }: Pick<GatewayConfig, 'embedded' | 'rpcUrl'>): string[] =>
  embedded ? [new URL(rpcUrl).origin] : ['https:']

/** Source: OWASP Secure Headers, Fetch metadata. */
export function securityHeaders(csp: string): [name: string, value: string][] {
  return [
    ['content-security-policy', csp],
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'no-referrer'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
  ]
}

/** For a listed page of another origin; it signs in by token, never by cookie, so no credentials are allowed. */
export function crossOriginHeaders(origin: string): [name: string, value: string][] {
  return [
    ['access-control-allow-origin', origin],
    ['access-control-allow-headers', 'authorization, content-type, x-request-id'],
    ['access-control-allow-methods', 'GET, POST, DELETE'],
    ['access-control-expose-headers', 'x-request-id, retry-after, etag'],
    ['access-control-max-age', '600'],
    ['vary', 'origin'],
  ]
}

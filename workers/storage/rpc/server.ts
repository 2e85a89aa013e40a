/** Kubo-compatible RPC for programs of this machine: whoever can call it can fill and empty the store. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { BlyanError } from '../../../chain/lib/errors.ts'
import { checkVisitor, loopbackHosts } from '../../../chain/lib/visitors.ts'
import { type Answer, sendJson, sendText } from '../http.ts'
import { COMMANDS, type Result, type RpcNode } from './commands.ts'
import { parseParameters } from './parameters.ts'

const PREFIX = '/api/v0/'

/** @param check judges each visitor; no page is on the list, as with Kubo unless its operator adds one */
export function rpcAnswer(node: RpcNode, check = checkVisitor): Answer {
  return async (request, response) => {
    const refusal = refusalOf(request, check)
    if (refusal) return sendText(response, refusal.status, refusal.why)
    const url = new URL(request.url ?? '/', 'http://node')
    if (!url.pathname.startsWith(PREFIX)) return sendText(response, 404, '404 page not found')
    const name = url.pathname.slice(PREFIX.length).replace(/\/$/, '')
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    try {
      if (!command) {
        const known = Object.keys(COMMANDS).join(', ')
        return sendError(
          response,
          501,
          `${name} is not supported by this node; it knows ${known}. Use --ipfs URL for a full Kubo.`,
        )
      }
      await sendResult(
        response,
        await command.run(node, parseParameters(command.parameters, url.searchParams), request),
      )
    } catch (error) {
      request.resume() // lets the client finish sending and read the answer
      sendError(response, error instanceof BlyanError && error.fault === 'user' ? 400 : 500, messageOf(error), error)
    }
  }
}

/** A page in a browser on this machine must not reach the RPC, nor a name that was made to point at it. */
function refusalOf(
  { method = '', url = '', headers, socket }: IncomingMessage,
  check: typeof checkVisitor,
): { status: number; why: string } | null {
  const origin = headers.origin ?? headers.referer // browsers that leave Origin out still name the page
  const welcome = { hosts: loopbackHosts(socket.localPort ?? 0), origins: [] }
  const refusal = check({ host: headers.host, origin, method, path: url }, welcome)
  if (refusal !== null) return { status: 403, why: `403 - Forbidden: ${refusal.what}` }
  return method === 'POST' ? null : { status: 405, why: '405 - Method Not Allowed' }
}

async function sendResult(response: ServerResponse, result: Result): Promise<void> {
  if ('json' in result) return sendJson(response, 200, result.json)
  if ('bytes' in result) {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': result.bytes.length })
    response.end(result.bytes)
    return
  }
  for await (const line of result.lines) {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json', 'x-chunked-output': '1' })
    response.write(`${JSON.stringify(line)}\n`)
  }
  response.end()
}

/** Kubo's shape of an error; after the first line of an answer only a cut connection can say it. */
function sendError(response: ServerResponse, status: number, message: string, error?: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const details = error instanceof BlyanError ? { Error: error.toJSON() } : {}
  sendJson(response, status, { Message: message, Code: 0, Type: 'error', ...details })
}

function messageOf(error: unknown): string {
  if (error instanceof BlyanError) return `${error.code}: ${error.what} ${error.fix}`
  if (error instanceof Error && error.name === 'TimeoutError') return 'context deadline exceeded'
  return error instanceof Error ? error.message : String(error)
}

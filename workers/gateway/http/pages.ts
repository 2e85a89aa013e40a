/** The built page: files of one folder, compressed once, with the first page for each of the page's own addresses. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Request, Response } from 'express'

/** Addresses that the page itself draws. */
export const PAGE_ADDRESSES = [
  /^\/$/,
  /^\/(new|operate|receipts|models|bridge|account)$/,
  /^\/(task|receipt|why)\/[A-Za-z0-9._-]{1,64}$/,
]

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}
const COMPRESSIBLE = /^(text\/|application\/(json|wasm)|image\/svg)/

interface PageFile {
  readonly bytes: Buffer
  readonly type: string
  readonly etag: string
  /** Its name has the hash of its content, so it never changes. */
  readonly hashed: boolean
  readonly encoded: Map<string, Promise<Buffer>>
}

export interface Pages {
  /** Answers when the address is a file or a page; false leaves it to others. */
  serve(request: Request, response: Response): Promise<boolean>
}

/** @param folder what the build wrote; an absent one serves nothing */
export function openPages(folder: string): Pages {
  const files = new Map<string, PageFile>()
  if (existsSync(folder)) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES[extname(entry.name)]
      if (!entry.isFile() || type === undefined) continue
      const path = join(entry.parentPath, entry.name)
      const bytes = readFileSync(path)
      files.set(`/${relative(folder, path).split(sep).join('/')}`, {
        bytes,
        type,
        etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
        hashed: /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(entry.name) && entry.name !== 'index.html',
        encoded: new Map(),
      })
    }
  }
  return {
    async serve(request, response) {
      const isPage = PAGE_ADDRESSES.some((address) => address.test(request.path))
      const file = files.get(isPage ? '/index.html' : request.path)
      if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false
      const caching = file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache'
      response.set({ 'content-type': file.type, 'cache-control': caching, etag: file.etag, vary: 'accept-encoding' })
      if (request.headers['if-none-match'] === file.etag) {
        response.status(304).end()
        return true
      }
      const encoding = COMPRESSIBLE.test(file.type) ? request.acceptsEncodings('br', 'gzip', 'identity') : 'identity'
      if (encoding !== 'br' && encoding !== 'gzip') {
        response.end(file.bytes)
        return true
      }
      const body = file.encoded.get(encoding) ?? compress(file.bytes, encoding)
      file.encoded.set(encoding, body)
      response.set('content-encoding', encoding).end(await body)
      return true
    },
  }
}

function compress(bytes: Buffer, encoding: 'br' | 'gzip'): Promise<Buffer> {
  if (encoding === 'gzip') return promisify(gzip)(bytes, { level: 9 })
  // Quality 11 takes a minute for the WASM runtime; 9 takes two seconds and is 5 % larger.
  const quality = bytes.length > 2_000_000 ? 6 : 11
  return promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })
}

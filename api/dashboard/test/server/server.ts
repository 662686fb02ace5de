import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { Answers } from './answers.ts'
import { dashboardPolicy, framePolicy } from './policies.ts'

const DIST = join(import.meta.dirname, '../../dist')
const SHOP = join(import.meta.dirname, '../shop')
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json',
}

/**
 * Serves the built dashboard at 127.0.0.1 and the replay frame at localhost, one port, with the API's answers made of
 * fixtures. As in production the frame's host knows no API and the dashboard's host no frame.
 */
export class DashboardServer {
  readonly answers = new Answers()
  /** Requests for what is not there, at either host: a page of ours makes none. */
  readonly strays: string[] = []
  #server: Server | undefined
  #port = 0

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get replayOrigin(): string {
    return `http://localhost:${this.#port}`
  }

  get shop(): string {
    return `${this.origin}/shop/index.html`
  }

  async start(port = 0): Promise<void> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error))
      })
    })
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((done) => this.#server?.close(done))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin)
    const frameHost = (request.headers.host ?? '').startsWith('localhost')
    if (frameHost) {
      if (url.pathname !== '/replay-frame.html' && !url.pathname.startsWith('/assets/')) {
        this.strays.push(url.pathname)
        return void response.writeHead(404).end()
      }
      response.setHeader('content-security-policy', framePolicy(this.origin, url.searchParams.get('assets') === '1'))
      return sendFile(response, DIST, url.pathname)
    }
    if (url.pathname.startsWith('/shop/')) return sendFile(response, SHOP, url.pathname.slice('/shop'.length))
    if (url.pathname === '/config.json') {
      return sendJson(response, 200, { replay_origin: this.replayOrigin, version: 'test', demo: true })
    }
    if (url.pathname.startsWith('/api/v1/')) {
      const answer = this.answers.answer(request.method ?? 'GET', url, await bodyOf(request), request.headers.cookie ?? '')
      for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
      return sendJson(response, answer.status, answer.body)
    }
    if (url.pathname === '/replay-frame.html') return void response.writeHead(404).end() // lives at the other host alone
    if (url.pathname.includes('pwned')) this.strays.push(url.pathname)
    response.setHeader('content-security-policy', dashboardPolicy(this.replayOrigin))
    return sendFile(response, DIST, url.pathname === '/' ? '/index.html' : url.pathname)
  }
}

async function sendFile(response: ServerResponse, folder: string, path: string): Promise<void> {
  const file = join(folder, normalize(path))
  try {
    const content = await readFile(file)
    response.setHeader('referrer-policy', 'no-referrer')
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(content)
  } catch {
    response.writeHead(404).end()
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  response.writeHead(status, { 'content-type': type }).end(body === undefined ? undefined : JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}

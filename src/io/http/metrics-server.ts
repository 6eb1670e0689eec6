// A small HTTP server for monitoring systems: answers GET from memory, accepts no input, limits its connections.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface PageResponse {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export interface MetricsServerOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** By path; others are 404. A page that throws is reported as a failure without its reason. */
  readonly pages: Readonly<Record<string, () => PageResponse | Promise<PageResponse>>>
}

export interface MetricsServer {
  readonly host: string
  readonly port: number
  /** Ends at once and closes all connections. */
  close(): Promise<void>
}

/** The address can't be used. The message says why; the code is the system's. */
export class ListenError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'ListenError'
    this.code = code
  }
}

const TEXT = 'text/plain; charset=utf-8'
const LIMITS = { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 10_000, maxHeaderSize: 8_192 } as const
/** A connection without traffic for that long is closed. */
const SILENCE_MS = 15_000
/** Enough for a monitoring system or two, and a browser. A further connection replaces an idle one. */
const MOST_CONNECTIONS = 32

/** Starts to listen. Throws ListenError if that fails. */
export async function startMetricsServer({ host, port, pages }: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer({ ...LIMITS, connectionsCheckingInterval: 1_000 }, (request, response) => {
    crowd.busy(request.socket)
    response.once('close', () => crowd.idle(request.socket))
    void respond(request, response, pages)
  })
  const crowd = limitConnections()
  server.on('connection', crowd.enter)
  server.timeout = SILENCE_MS
  server.maxRequestsPerSocket = 1_000
  await listening(server, host, port)
  const address = server.address()
  return {
    host,
    port: address !== null && typeof address === 'object' ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface OpenConnection {
  readonly address: string
  /** When it became idle; null while it is being answered. By performance.now(). */
  idleSince: number | null
}

/**
 * Limits the number of connections. Each new one is accepted. If it is one too many, a connection of the address with
 * the most connections is closed, the longest idle one first.
 */
function limitConnections() {
  const guests = new Map<Socket, OpenConnection>()
  const makeRoom = () => {
    if (guests.size <= MOST_CONNECTIONS) return
    const byAddress = Map.groupBy(guests, ([, { address }]) => address)
    const crowded = [...byAddress.values()].reduce((most, some) => (some.length > most.length ? some : most))
    // Connections that are being answered come last, the oldest of them first.
    const since = ([, { idleSince }]: readonly [Socket, OpenConnection]) => idleSince ?? Number.POSITIVE_INFINITY
    const longest = crowded.reduce((idlest, one) => (since(one) < since(idlest) ? one : idlest))
    guests.delete(longest[0])
    longest[0].destroy()
  }
  const note = (socket: Socket, idleSince: number | null) => {
    const guest = guests.get(socket)
    if (guest) guest.idleSince = idleSince
  }
  return {
    enter(socket: Socket) {
      guests.set(socket, { address: socket.remoteAddress ?? '', idleSince: performance.now() })
      socket.once('close', () => guests.delete(socket))
      makeRoom()
    },
    busy: (socket: Socket) => note(socket, null),
    idle: (socket: Socket) => note(socket, performance.now()),
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = ({ code = 'EIO', message }: NodeJS.ErrnoException) =>
      reject(new ListenError(code, REASONS[code] ?? message))
    server.once('error', refused)
    server.listen({ host, port }, () => {
      server.off('error', refused)
      // A connection that can't be accepted (no file descriptor left) must not end the program.
      server.on('error', () => {})
      resolve()
    })
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this host does not have that address',
  EACCES: 'this user may not listen there (ports below 1024 need a privilege)',
  ENOTFOUND: 'that host name has no address',
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  pages: MetricsServerOptions['pages'],
): Promise<void> {
  const { status, contentType, body } = await answerTo(request, pages)
  // The body of a request is not read: the connection is closed instead.
  const bodied = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    ...(bodied ? { connection: 'close' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function answerTo(
  { method, url = '/' }: IncomingMessage,
  pages: MetricsServerOptions['pages'],
): Promise<PageResponse> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, contentType: TEXT, body: 'only GET and HEAD\n' }
  const path = url.split('?', 1)[0] ?? '/'
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined
  if (!page) return { status: 404, contentType: TEXT, body: `not found; there are ${Object.keys(pages).join(', ')}\n` }
  try {
    return await page()
  } catch {
    return { status: 500, contentType: TEXT, body: 'pgdeck could not answer this request\n' }
  }
}

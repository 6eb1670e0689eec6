// Real servers on loopback for tests of what polls them: HTTP, HTTPS, and TCP servers that misbehave.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { ServerConfig, SessionsSource } from '../../src/config/config.ts'
import { THRESHOLDS } from '../builders/snapshot.ts'

type CertificateName = 'valid' | 'expired' | 'other' | 'self-signed'

/** The path of a file under test/fakes/tls; all certificates belong to key.pem. */
export function tlsFile(name: string): string {
  return fileURLToPath(new URL(`./tls/${name}`, import.meta.url))
}

/** Starts an HTTP server on a free port; it ends with the test. Returns its url. */
export async function serveHttp(context: TestContext, handle: http.RequestListener): Promise<string> {
  const server = http.createServer(handle)
  return `http://127.0.0.1:${await listen(context, server)}/`
}

export async function serveHttps(
  context: TestContext,
  certificate: CertificateName,
  options: https.ServerOptions = {},
): Promise<string> {
  const pair = { key: readFileSync(tlsFile('key.pem')), cert: readFileSync(tlsFile(`${certificate}.pem`)) }
  const server = https.createServer({ ...pair, ...options }, (_request, response) => response.end('fine'))
  return `https://127.0.0.1:${await listen(context, server)}/`
}

/** Starts a server that does what it likes with each connection. Returns its port. */
export function serveTcp(context: TestContext, handle: (socket: Socket) => void): Promise<number> {
  return listen(context, createServer(handle))
}

async function listen(context: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

export interface ServerOverrides {
  readonly dnsName?: string
  readonly healthPath?: string
  readonly sessions?: SessionsSource
  readonly tls?: ServerConfig['tls']
}

/** The config of a server at `url`. */
export function serverConfig(url: string, overrides: ServerOverrides = {}): ServerConfig {
  const { port, hostname } = new URL(url)
  return {
    spec: {
      id: 'app-1',
      type: 'primary',
      url,
      dnsName: overrides.dnsName ?? hostname,
      port: Number(port),
      databaseId: null,
      hostId: null,
      healthyStatus: [200, 302],
      clientAddress: null,
      applicationName: null,
      countsSessions: overrides.sessions !== undefined,
    },
    healthPath: overrides.healthPath ?? '/',
    sessions: overrides.sessions ?? null,
    tls: overrides.tls ?? { verify: true, pin: null },
    start: null,
    stop: null,
  }
}

/** A cluster of servers alone. */
export function clusterOf(server: ServerConfig) {
  return {
    spec: {
      name: 'test',
      model: 'databases',
      profile: 'postgres',
      intervalMs: 2000,
      timeoutMs: 1500,
      databases: [],
      servers: [server.spec],
      hosts: [],
      thresholds: THRESHOLDS,
    },
    databases: [],
    servers: [server],
    hosts: [],
  } as const
}

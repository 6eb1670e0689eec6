// What listens on a database's port and is no PostgreSQL server: it asks for passwords by a script, and notes what it gets.

import { readFileSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls'
import { freePort } from '../../src/io/network/free-port.ts'

const FIXTURES = join(import.meta.dirname, 'tls/login')

/** The certificate that it shows: of `localhost`, of another host, both of the authority `ca.pem` there. */
export type Certificate = 'server' | 'elsewhere'

export interface PeerOptions {
  /** null: it says that it has no TLS. */
  readonly certificate: Certificate | null
  /** Messages that it sends, in order: each when something came since the last one. */
  readonly script: readonly (Buffer | ((received: Buffer) => Buffer))[]
}

export interface Peer {
  readonly port: number
  /** Every byte it got after the negotiation of TLS and the start-up message, of all its connections. */
  received(): Buffer
  /** How many connections came that far. */
  startups(): number
  close(): Promise<void>
}

/** Opens one on 127.0.0.1. Close it when the test is over. */
export async function openPeer({ certificate, script }: PeerOptions): Promise<Peer> {
  const chunks: Buffer[] = []
  const sockets = new Set<Socket>()
  let startups = 0
  const converse = (stream: Duplex) => {
    let next = 0
    stream.on('error', () => {})
    stream.on('data', (data: Buffer) => {
      if (next === 0) startups += 1
      else chunks.push(data)
      const message = script[next]
      next += 1
      if (message !== undefined) stream.write(typeof message === 'function' ? message(data) : message)
    })
  }
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    socket.once('data', (data) => {
      if (!isTlsRequest(data)) {
        converse(socket)
        return void socket.emit('data', data)
      }
      if (certificate === null) {
        socket.write('N')
        return converse(socket)
      }
      socket.write('S')
      converse(encrypted(socket, certificate))
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    received: () => Buffer.concat(chunks),
    startups: () => startups,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/**
 * One that is in between: TLS ends there, with the certificate of `elsewhere`, and goes on anew to a real server, or in
 * plain where `onward` says so.
 */
export async function openMeddler(farPort: number, onward: 'tls' | 'plain'): Promise<Pick<Peer, 'port' | 'close'>> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    sockets.add(near.on('error', () => {}))
    near.once('data', () => {
      near.write('S')
      const inside = encrypted(near, 'elsewhere').on('error', () => {})
      const far = dial(farPort, '127.0.0.1').on('error', () => near.destroy())
      sockets.add(far)
      if (onward === 'plain') return void inside.pipe(far).pipe(inside)
      far.write(TLS_REQUEST)
      far.once('data', () => {
        const outside = connectTls({ socket: far, rejectUnauthorized: false }).on('error', () => near.destroy())
        inside.pipe(outside).pipe(inside)
      })
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const TLS_REQUEST = Buffer.from('0000000804d2162f', 'hex')

function isTlsRequest(data: Buffer): boolean {
  return data.equals(TLS_REQUEST)
}

function encrypted(socket: Socket, certificate: Certificate): TLSSocket {
  const secureContext = createSecureContext({
    cert: readFileSync(join(FIXTURES, `${certificate}.pem`)),
    key: readFileSync(join(FIXTURES, 'key.pem')),
  })
  return new TLSSocket(socket, { isServer: true, secureContext })
}

/** A message of the protocol: its letter, then its body. */
export function message(letter: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5)
  head.write(letter)
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function authentication(kind: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const code = Buffer.alloc(4)
  code.writeUInt32BE(kind)
  return message('R', Buffer.concat([code, rest]))
}

export const ASKS = {
  ok: authentication(0),
  kerberos: authentication(2),
  clear: authentication(3),
  /** Of a length that it never has. */
  longClear: authentication(3, Buffer.alloc(1)),
  md5: authentication(5, Buffer.from('salt')),
  gss: authentication(7),
  sspi: authentication(9),
  sasl: (...mechanisms: readonly string[]) => authentication(10, Buffer.from(`${mechanisms.join('\0')}\0\0`)),
  /** The challenge to the first message of SCRAM; `received` is that message. */
  challenge: (received: Buffer) => {
    const nonce = /r=([^,]+)$/.exec(received.toString('latin1'))?.[1] ?? ''
    return authentication(11, Buffer.from(`r=${nonce}more,s=${Buffer.from('salt').toString('base64')},i=4096`))
  },
  /** A proof that is none. */
  final: authentication(12, Buffer.from(`v=${Buffer.alloc(32).toString('base64')}`)),
  session: Buffer.concat([message('K', Buffer.alloc(8, 1)), message('Z', Buffer.from('I'))]),
  ready: message('Z', Buffer.from('I')),
  /** What a server says to a wrong password: whoever answered need not wait for more. */
  refusal: message('E', Buffer.from('SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0')),
} as const

// Knocks at a real server as a client would, up to the point where pg_hba.conf has decided, with or without TLS.

import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'

export interface Knock {
  readonly type: 'local' | 'host'
  readonly ssl: boolean
  /** Of the client; `::1` or one of 127.0.0.0/8. */
  readonly address: string
  readonly database: string
  readonly user: string
  readonly replication: 'physical' | 'logical' | null
}

/** What every role of the test has. */
export const PASSWORD = 'secret'
const LIMIT_MS = 10_000
const TLS_REQUEST = 80_877_103
const PROTOCOL = 196_608

/** Resolves to the server's last word: `welcome`, or the text of its error. */
export async function knock(node: PostgresNode, asked: Knock): Promise<string> {
  const socket = await opened(node, asked)
  try {
    const stream = asked.ssl ? await encrypted(socket) : socket
    return await conversation(stream, asked)
  } finally {
    socket.destroy()
  }
}

function opened(node: PostgresNode, { type, address }: Knock): Promise<Socket> {
  const path = `${node.socketDirectory}/.s.PGSQL.${node.port}`
  const host = address.includes(':') ? '::1' : '127.0.0.1'
  const route: NetConnectOpts = type === 'local' ? { path } : { port: node.port, host, localAddress: address }
  return new Promise((resolve, reject) => {
    const socket = connect(route, () => resolve(socket))
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error('the server does not answer')))
    socket.on('error', reject)
  })
}

function encrypted(socket: Socket): Promise<Socket> {
  const request = Buffer.alloc(8)
  request.writeUInt32BE(8, 0)
  request.writeUInt32BE(TLS_REQUEST, 4)
  socket.write(request)
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.once('data', (answer) => {
      if (answer.toString('latin1') !== 'S') return reject(new Error(`the server answers ${answer} to TLS`))
      const secure = connectTls({ socket, rejectUnauthorized: false }, () => resolve(secure))
      secure.on('error', reject)
    })
  })
}

function startup({ user, database, replication }: Knock): Buffer {
  const kind = { physical: ['replication', 'true'], logical: ['replication', 'database'] }
  const words = ['user', user, 'database', database, ...(replication ? kind[replication] : []), '', '']
  const body = Buffer.from(words.join('\0'))
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8, 0)
  head.writeUInt32BE(PROTOCOL, 4)
  return Buffer.concat([head, body])
}

/** Answers every question for a password: the plain one right, others wrong, because the server then names the line too. */
function conversation(stream: Socket, asked: Knock): Promise<string> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject)
    stream.on('close', () => resolve('closed'))
    let pending = Buffer.alloc(0)
    stream.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      for (let size = sizeOf(pending); size !== null; size = sizeOf(pending)) {
        const message = pending.subarray(0, size)
        pending = pending.subarray(size)
        const kind = String.fromCharCode(message[0] ?? 0)
        if (kind === 'E') return resolve(message.subarray(5).toString('latin1').replaceAll('\0', ' '))
        if (kind !== 'R') continue
        const reply = replyTo(message)
        if (reply === null) return resolve('welcome')
        stream.write(reply)
      }
    })
    stream.write(startup(asked))
  })
}

/** Size of the whole message that begins there; null while it has not all come. */
function sizeOf(bytes: Buffer): number | null {
  if (bytes.length < 5) return null
  const size = bytes.readUInt32BE(1) + 1
  return bytes.length < size ? null : size
}

function replyTo(message: Buffer): Buffer | null {
  const kind = message.readUInt32BE(5)
  if (kind === 0) return null
  if (kind === 10) {
    const first = Buffer.from('n,,n=,r=knocking')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(first.length)
    return password(Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, first]))
  }
  if (kind === 11) {
    const nonce = /r=([^,]*)/.exec(message.subarray(9).toString('latin1'))?.[1] ?? ''
    return password(Buffer.from(`c=biws,r=${nonce},p=${Buffer.alloc(32).toString('base64')}`))
  }
  return password(Buffer.from(`${kind === 3 ? PASSWORD : 'wrong'}\0`))
}

function password(body: Buffer): Buffer {
  const head = Buffer.from('p....')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

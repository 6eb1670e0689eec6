// A stand-in for servers on loopback that notes what a client asks for: where it knocked, with which encryption, as whom, and
// which password it proved.

import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { freePort } from '../../../src/io/network/free-port.ts'
import { tlsFile } from '../../fakes/web.ts'

/** What arrived at one server. */
export interface Knock {
  /** `address:port` or the path of the socket. */
  readonly at: string
  readonly encryption: 'plain' | 'tls'
  /** The common name of the client's certificate; null: it sent none. */
  readonly certificate: string | null
  /** Of the start message. */
  readonly parameters: ReadonlyMap<string, string>
  /** The answer to the request for an md5 hash; null: none came. */
  proof: string | null
}

export interface Bench {
  /** For files of a case, and its sockets in `sockets`. */
  readonly folder: string
  /** Stands in texts for what differs by run. */
  filled(text: string): string
  /** The reverse, for what is shown. */
  plain(text: string): string
  /** What came since the last call. */
  knocks(): Promise<readonly Knock[]>
  close(): Promise<void>
}

const ADDRESSES = ['127.0.0.1', '127.0.0.2', '::1']
/** Where libpq looks without a host: which folder was decided when it was built. */
const USUAL_FOLDERS = ['/tmp', '/var/run/postgresql']

/** A server on a free port of 127.0.0.1 with TLS by that certificate; it notes each start message. */
export async function serveWithCertificate(
  certificate: Certificate,
  note: (knock: Omit<Knock, 'at'>) => void,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer((socket) =>
    answer(socket, certificate, (knock) => {
      note(knock)
      return { ...knock, at: '' }
    }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

/** Two ports with a server on each address and in each folder of sockets, and one port without any. */
export async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-libpq-'))
  const sockets = join(folder, 'sockets')
  mkdirSync(sockets)
  writeClientFiles(folder)
  const [p1, p2, closed] = [await freePort(), await freePort(), await freePort()]
  const servers: Server[] = []
  const open = new Set<Socket>()
  let seen: Knock[] = []
  const serve = async (at: string, isBusy: boolean, where: { path: string } | { host: string; port: number }) => {
    const server = createServer((socket) => {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
      answer(socket, isBusy ? null : SECURE, (knock) => {
        const noted = { ...knock, at }
        seen.push(noted)
        return noted
      })
    })
    server.listen(where)
    if (await opened(server)) servers.push(server)
  }
  for (const [port, isBusy] of [
    [p1, false],
    [p2, true],
  ] as const) {
    for (const host of ADDRESSES) await serve(`${host}:${port}`, isBusy, { host, port })
    for (const place of [sockets, ...USUAL_FOLDERS]) {
      const path = join(place, `.s.PGSQL.${port}`)
      await serve(USUAL_FOLDERS.includes(place) ? `usual:${port}` : path, isBusy, { path })
    }
  }
  await serve(join(sockets, '.s.PGSQL.5432'), false, { path: join(sockets, '.s.PGSQL.5432') })
  const names: readonly (readonly [string, string])[] = [
    ['{D}', sockets],
    ['{%D}', encodeURIComponent(sockets)],
    ['{F}', folder],
    ['{CA}', tlsFile('ca.pem')],
    ['{P1}', String(p1)],
    ['{P2}', String(p2)],
    ['{P0}', String(closed)],
  ]
  return {
    folder,
    filled: (text) => names.reduce((whole, [name, value]) => whole.replaceAll(name, value), text),
    plain: (text) => names.reduce((whole, [name, value]) => whole.replaceAll(value, name), text),
    async knocks() {
      // A client that has ended may have left a connection whose last bytes were not read yet.
      for (const socket of open) if (!socket.closed) await once(socket, 'close').catch(() => {})
      const found = seen
      seen = []
      return found
    },
    async close() {
      for (const socket of open) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A certificate and its key in several forms. */
function writeClientFiles(folder: string): void {
  const key = createPrivateKey(SECURE.key)
  const write = (name: string, content: string | Buffer, mode: number) =>
    writeFileSync(join(folder, name), content, { mode })
  write('client.crt', SECURE.cert, 0o644)
  write('client.key', key.export({ format: 'pem', type: 'sec1' }), 0o600)
  write('group.key', key.export({ format: 'pem', type: 'pkcs8' }), 0o640)
  write('open.key', key.export({ format: 'pem', type: 'pkcs8' }), 0o644)
  write('der.key', key.export({ format: 'der', type: 'pkcs8' }), 0o600)
  write('der1.key', key.export({ format: 'der', type: 'sec1' }), 0o600)
}

/** False where this machine has no such address, or the folder is not ours. */
async function opened(server: Server): Promise<boolean> {
  try {
    await once(server, 'listening')
    return true
  } catch {
    return false
  }
}

type Noted = (knock: Omit<Knock, 'at'>) => Knock
interface Certificate {
  readonly key: Buffer | string
  readonly cert: Buffer | string
}

const SECURE: Certificate = { key: readFileSync(tlsFile('key.pem')), cert: readFileSync(tlsFile('valid.pem')) }
const [TLS_REQUEST, GSS_REQUEST, CANCEL] = [80877103, 80877104, 80877102]

/** Without a certificate: it says that it starts up. With one: it has TLS, asks for an md5 hash and refuses each. */
function answer(socket: Socket, certificate: Certificate | null, note: Noted): void {
  socket.on('error', () => {})
  socket.once('data', (first) => {
    if (first[0] === 0x16 && certificate !== null) {
      socket.unshift(first)
      secured(socket, certificate, note)
      return
    }
    const code = first.length >= 8 ? first.readUInt32BE(4) : 0
    if (code === CANCEL) return void socket.destroy()
    if (code === GSS_REQUEST || (code === TLS_REQUEST && certificate === null)) {
      socket.write('N')
      return answer(socket, certificate, note)
    }
    if (code === TLS_REQUEST && certificate !== null) {
      socket.write('S')
      secured(socket, certificate, note)
      return
    }
    started(socket, first, 'plain', certificate === null, note)
  })
}

function secured(socket: Socket, certificate: Certificate, note: Noted): void {
  const secure = new TLSSocket(socket, {
    isServer: true,
    requestCert: true,
    rejectUnauthorized: false,
    ...certificate,
    ALPNProtocols: ['postgresql'],
  })
  secure.on('error', () => socket.destroy())
  secure.once('data', (first) => started(secure, first, 'tls', false, note))
}

function started(socket: Socket, message: Buffer, encryption: 'plain' | 'tls', isBusy: boolean, note: Noted): void {
  const words = message.subarray(8).toString('utf8').split('\0')
  const parameters = new Map<string, string>()
  for (let at = 0; at + 1 < words.length && words[at]; at += 2) parameters.set(words[at] ?? '', words[at + 1] ?? '')
  const peer: unknown = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : null
  const knock = note({ encryption, certificate: typeof peer === 'string' ? peer : null, parameters, proof: null })
  if (isBusy) return void socket.end(failure('57P03'))
  socket.write(Buffer.concat([Buffer.from('R'), number(12), number(5), Buffer.from('salt')]))
  socket.once('data', (reply) => {
    if (reply[0] === 0x70) knock.proof = reply.subarray(5, -1).toString('latin1')
    socket.end(failure('28P01'))
  })
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function failure(state: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${state}\0Mno\0\0`)
  return Buffer.concat([Buffer.from('E'), number(4 + fields.length), fields])
}

// Tests on a new connection whether a server accepts new ones: a request for TLS, which a server answers with one byte. It
// opens no session, and needs no role and no password.

import { connect, type Socket } from 'node:net'
import * as tls from 'node:tls'
import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import { type Fault, FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { certificateTlsOptions } from '../../http/certificate.ts'
import { onAbort, startWaitLimit } from '../../network/wait-timeout.ts'
import { databaseFault, endpointName, ForeignProtocolError } from '../connection/postgres-fault.ts'
import { lookupWithin, NEXT_ADDRESS_MS } from '../connection/socket.ts'
import { authoritiesOrNull, type DatabaseCertificate, shownCertificate } from '../connection/tls.ts'
import type { ConnectionEndpoint, Tunnel } from '../connection/tunnel.ts'
import { silenceFault } from './session-silence.ts'

/** A new connection to test. */
export interface NewConnectionRequest {
  readonly endpoint: ConnectionEndpoint
  /** null: direct. */
  readonly tunnel: Tunnel | null
  readonly ssl: ConnectionParameters['ssl']
  /** Reads the certificate, where the server offers TLS. */
  readonly wantsCertificate: boolean
  readonly signal: AbortSignal
}

/** The answer of a server that accepts new connections. */
export interface NewConnectionAnswer {
  /** The address that answered; null through a Unix socket. */
  readonly address: string | null
  /** Milliseconds from the request to its answer, without the handshake. */
  readonly answerMs: number
  /** null: not asked for, or the server offers no TLS. */
  readonly certificate: DatabaseCertificate | null
  /** Why the handshake failed after the server had offered TLS; null: it did not. */
  readonly tlsProblem: string | null
}

/** Length 8, and the code of SSLRequest: "Message Formats" in PostgreSQL's documentation. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const OFFERED = 'S'.charCodeAt(0)
const NOT_OFFERED = 'N'.charCodeAt(0)
const ERROR = 'E'.charCodeAt(0)
const LONGEST_REASON = 200

/** Throws FaultError: dns, refused, unreachable, timeout, protocol, or what the server says. */
export async function testNewConnection(request: NewConnectionRequest): Promise<NewConnectionAnswer> {
  const { endpoint, tunnel, ssl, signal } = request
  const through = tunnel ? await tunnel.ready(endpoint, signal) : null
  const began = performance.now()
  const socket = openTo(endpoint, through, signal)
  let isConnected = false
  // Also of an error that comes after the answer: without a listener that would end the program.
  const { promise: broken, reject } = Promise.withResolvers<never>()
  socket.once('error', reject).once('close', () => reject(new Error('Connection terminated')))
  broken.catch(() => {})
  const forget = onAbort(signal, () => {
    // At once: the end of the socket is told later than the caller waits.
    reject(signal.reason)
    socket.destroy()
  })
  try {
    await Promise.race([new Promise<void>((resolve) => socket.once('connect', resolve)), broken])
    isConnected = true
    const address = through === null ? (socket.remoteAddress ?? null) : null
    const offersTls = ssl.isDirect === true || (await Promise.race([askForTls(socket, endpoint), broken]))
    const answerMs = performance.now() - began
    // Without it the server would write a line to its log: “could not accept SSL connection: EOF detected”.
    const shaken = offersTls ? await handshake(socket, request) : null
    return { address, answerMs, certificate: shaken?.certificate ?? null, tlsProblem: shaken?.tlsProblem ?? null }
  } catch (error) {
    const late = signal.aborted ? lateFault(endpoint, isConnected, performance.now() - began) : null
    throw new FaultError(late ?? databaseFault(error, contextOf(endpoint)), { cause: error })
  } finally {
    forget()
    socket.destroy()
  }
}

function openTo({ host, port, address }: ConnectionEndpoint, through: string | null, signal: AbortSignal): Socket {
  if (through !== null) return connect(through)
  if (host.startsWith('/')) return connect(`${host}/.s.PGSQL.${port}`)
  const hosts = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS }
  return connect({ host: address ?? host, port, lookup: lookupWithin(signal), ...hosts })
}

async function askForTls(socket: Socket, endpoint: ConnectionEndpoint): Promise<boolean> {
  socket.write(SSL_REQUEST)
  const bytes = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
  socket.pause()
  const [kind] = bytes
  // As libpq: more bytes than the answer would be taken for encrypted ones.
  if ((kind === OFFERED || kind === NOT_OFFERED) && bytes.length === 1) return kind === OFFERED
  if (kind !== ERROR) throw new ForeignProtocolError('its first bytes are no answer to a request for TLS')
  // A server that can't start a process for the connection sends the reason, and a zero byte.
  const [reason = ''] = bytes.subarray(1).toString('utf8').split('\0')
  throw new FaultError({
    code: 'too-many-connections',
    message: `${endpointName(endpoint)} refused the connection: ${clean(reason).trim().slice(0, LONGEST_REASON)}`,
    hint: 'It can’t start a process for it: look at the memory and the limits of processes of its host.',
  })
}

type Handshake = Pick<NewConnectionAnswer, 'certificate' | 'tlsProblem'>

/** Any certificate is a finding here. A failed handshake is one too, because the server accepted the connection. */
async function handshake(
  socket: Socket,
  { endpoint, ssl, wantsCertificate, signal }: NewConnectionRequest,
): Promise<Handshake> {
  const ca = wantsCertificate ? authoritiesOrNull(ssl) : null
  const usual = certificateTlsOptions(endpoint.host)
  const { secureContext: _, ...withoutContext } = usual
  const options = ca === null ? usual : { ...withoutContext, ca: [...ca] }
  const secure = tls.connect({ ...options, socket, ALPNProtocols: ['postgresql'] })
  try {
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve).once('error', reject)
      secure.once('close', () => reject(new Error('Connection terminated')))
    })
    const certificate = wantsCertificate ? shownCertificate(secure, endpoint.host, ssl) : null
    await endedBoth(secure, signal)
    return { certificate, tlsProblem: null }
  } catch (error) {
    if (signal.aborted) throw error
    return { certificate: null, tlsProblem: databaseFault(error, contextOf(endpoint)).message }
  } finally {
    secure.on('error', () => {})
    secure.destroy()
  }
}

/** A server ends its side at once; behind a proxy that keeps its own, nothing more is to be waited for. */
const END_MS = 250

/** Until the server has read the end: a connection that is cut off is a line in its log, too. */
async function endedBoth(secure: tls.TLSSocket, signal: AbortSignal): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  secure.once('close', resolve).on('error', () => {})
  const limit = startWaitLimit({ ms: END_MS, signals: [signal] })
  const forget = onAbort(limit.signal, resolve)
  secure.resume().end()
  await closed
  forget()
  limit.done()
}

function lateFault(endpoint: ConnectionEndpoint, isConnected: boolean, tookMs: number): Fault {
  if (!isConnected) return silenceFault('connecting', endpoint, tookMs)
  const message = `${endpointName(endpoint)} accepted a new connection but did not answer on it within ${Math.round(tookMs)} ms`
  return { ...silenceFault('answering', endpoint, tookMs), message }
}

function contextOf(endpoint: ConnectionEndpoint) {
  return { target: endpointName(endpoint), user: '', database: '', versionNumber: null, passwordSource: null }
}

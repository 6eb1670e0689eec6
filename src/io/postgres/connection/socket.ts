// The socket of a session: resolves names as elsewhere, and keeps bytes that are not PostgreSQL's from the driver.

import { type LookupFunction, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { FaultError, messageOf } from '../../../model/values/fault.ts'
import { lookUpHost } from '../../network/dns.ts'
import type { Encryption } from './encryption.ts'
import { ForeignProtocolError } from './postgres-fault.ts'

/** How long one of several addresses may take before the next is tried. */
export const NEXT_ADDRESS_MS = 250

/**
 * Opens a socket for the driver: to `through`, the path of a Unix socket, if given, else to the address that the driver
 * names. The name look-up ends with the signal. `encryption`: the expected form of the first bytes; null: TLS, which
 * checks them itself.
 */
export function openPostgresSocket(encryption: Encryption | null, signal: AbortSignal, through: string | null): Socket {
  const socket = new Socket()
  if (encryption !== null) guardProtocol(socket, encryption)
  const connect = socket.connect.bind(socket)
  const lookup = lookupWithin(signal)
  socket.connect = (...args: unknown[]) => {
    const [port, host] = args
    if (through !== null) return connect(through)
    return typeof port === 'number' && typeof host === 'string'
      ? connect({ port, host, lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS })
      : connect(String(port))
  }
  return socket
}

/** Resolves names for a socket as elsewhere; the look-up ends with the signal. */
export function lookupWithin(signal: AbortSignal): LookupFunction {
  return (host, options, answer) => {
    lookUpHost(host, signal).then(
      (addresses) => {
        const [first] = addresses
        if (options.all || !first) answer(null, [...addresses])
        else answer(null, first.address, first.family)
      },
      (error) => answer(error, []),
    )
  }
}

/**
 * Turns errors of the driver's parser into errors of the stream: thrown in a 'data' event they would end the program.
 * With `expected`, the first bytes must also be a server's first message; otherwise the parser would wait for
 * gigabytes.
 */
export function guardProtocol(stream: Duplex, expected?: Encryption): void {
  const emit = stream.emit.bind(stream)
  let first = expected
  stream.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event !== 'data') return emit(event, ...args)
    const [bytes] = args
    const problem = first !== undefined && bytes instanceof Uint8Array ? unexpected(bytes, first) : null
    first = undefined
    if (problem !== null) return refuse(stream, problem)
    try {
      return emit(event, ...args)
    } catch (error) {
      // pgdeck's own refusal: the request must not be answered, and the driver must not see it.
      if (error instanceof FaultError) return end(stream, error)
      return refuse(stream, messageOf(error))
    }
  }
}

function refuse(stream: Duplex, problem: string): true {
  return end(stream, new ForeignProtocolError(problem))
}

function end(stream: Duplex, error: Error): true {
  stream.destroy(error)
  return true
}

/** Longer than any first answer: an authentication request, an error or a notice (libpq's limit). */
const LONGEST_FIRST_ANSWER = 30_000

function unexpected(bytes: Uint8Array, encryption: Encryption): string | null {
  const kind = String.fromCharCode(bytes[0] ?? 0)
  // One byte answers the request for TLS: S or N, or E from a server in trouble.
  if (encryption === 'tls') {
    const plausible = kind === 'E' || ((kind === 'S' || kind === 'N') && bytes.length === 1)
    return plausible ? null : 'its first bytes are no answer to a request for TLS'
  }
  if (!'REN'.includes(kind)) return 'its first bytes are no answer to a session'
  if (bytes.length < 5) return null
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
  return length >= 4 && length <= LONGEST_FIRST_ANSWER ? null : 'its first message has an impossible length'
}

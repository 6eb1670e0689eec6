// One HTTP(S) request on a connection of its own: what the port, TLS and the answer's head tell, and how long each took.

import * as http from 'node:http'
import * as https from 'node:https'
import { TLSSocket } from 'node:tls'
import { FaultError } from '../model/fault.ts'
import { clean } from '../model/text.ts'
import { readBody } from './body.ts'
import { certificateOf, type ServerCertificate, tlsOptions } from './certificate.ts'
import { notHttp, overdue, requestFault, type Stage, targetOf } from './http-fault.ts'
import { type Address, lookUp } from './names.ts'
import { networkFault } from './network-fault.ts'

export interface HttpAnswer {
  /** The addresses the host's name has now. */
  readonly addresses: readonly string[]
  /** Milliseconds to a TCP connection. */
  readonly connectMs: number
  /** Milliseconds from the request to the answer's head, connection and TLS included. */
  readonly latencyMs: number
  readonly status: number
  /** Where it redirects to, absolute; never followed. */
  readonly location: string | null
  readonly certificate: ServerCertificate | null
  /** null when no body was asked for. */
  readonly body: string | null
}

export interface HttpQuestion {
  readonly url: URL
  /** The name that the certificate must be for. */
  readonly serverName: string
  /** Bytes of the body that are wanted at most: a longer one is a fault. 0 wants the head alone. */
  readonly bodyLimit: number
  readonly signal: AbortSignal
}

/**
 * Asks once. Resolves as soon as the head is there (or the body, where it is wanted). Always a fresh connection: only
 * that proves that the port takes new ones. Throws FaultError: dns, refused, unreachable, timeout, tls or protocol.
 */
export async function httpGet(question: HttpQuestion): Promise<HttpAnswer> {
  const { url, signal } = question
  const began = performance.now()
  let addresses: readonly Address[]
  try {
    addresses = await lookUp(hostOf(url), signal)
  } catch (error) {
    const late = signal.aborted && error === signal.reason
    throw new FaultError(late ? overdue(url, 'looking up its name', began) : networkFault(error, targetOf(url)))
  }
  return new Exchange(question, addresses).answer
}

/** The host of a URL without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

/** One request under way: times each stage, settles once, and leaves no socket behind. */
class Exchange {
  readonly answer: Promise<HttpAnswer>
  readonly #question: HttpQuestion
  readonly #addresses: readonly Address[]
  readonly #began = performance.now()
  readonly #request: http.ClientRequest
  #stage: Stage = 'connecting'
  #connectMs = 0

  constructor(question: HttpQuestion, addresses: readonly Address[]) {
    const { url, signal } = question
    this.#question = question
    this.#addresses = addresses
    this.#request = openRequest(question, addresses)
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
    const giveUp = () => {
      reject(new FaultError(overdue(url, this.#stage, this.#began)))
      this.#request.destroy()
    }
    signal.addEventListener('abort', giveUp, { once: true })
    this.#watchSocket()
    this.#request.on('error', (error) => reject(new FaultError(requestFault(error, url, this.#stage))))
    this.#request.once('response', (response) => {
      this.#receive(response).then(resolve, (error) => reject(this.#broken(error)))
    })
    this.#request.once('upgrade', (_response, socket) => {
      reject(new FaultError(notHttp(url, 'it switched to another protocol')))
      socket.destroy()
    })
    this.#request.once('close', () => {
      // Once there is a head, the reader of the body tells how it ended.
      if (this.#stage !== 'reading the answer') reject(new FaultError(notHttp(url, 'it closed the connection')))
    })
    this.answer = promise.finally(() => signal.removeEventListener('abort', giveUp))
    if (signal.aborted) giveUp()
    else this.#request.end()
  }

  #watchSocket(): void {
    this.#request.once('socket', (socket) => {
      socket.once('connect', () => {
        this.#connectMs = performance.now() - this.#began
        this.#stage = this.#question.url.protocol === 'https:' ? 'the TLS handshake' : 'waiting for an answer'
      })
      socket.once('secureConnect', () => {
        this.#stage = 'waiting for an answer'
      })
    })
  }

  async #receive(response: http.IncomingMessage): Promise<HttpAnswer> {
    const { url, serverName, bodyLimit } = this.#question
    const socket = response.socket
    const head = {
      addresses: this.#addresses.map(({ address }) => address),
      connectMs: this.#connectMs,
      latencyMs: performance.now() - this.#began,
      status: response.statusCode ?? 0,
      location: absolute(response.headers.location, url),
      certificate: socket instanceof TLSSocket ? certificateOf(socket, serverName) : null,
    }
    this.#stage = 'reading the answer'
    return { ...head, body: await readBody(response, bodyLimit) }
  }

  #broken(error: unknown): Error {
    if (error instanceof FaultError) return error
    const reason = error instanceof Error ? error.message : String(error)
    return new FaultError(notHttp(this.#question.url, `its answer broke off (${clean(reason)})`))
  }
}

function openRequest({ url, serverName }: HttpQuestion, addresses: readonly Address[]): http.ClientRequest {
  const options: http.RequestOptions = {
    agent: false,
    headers: { 'user-agent': 'pgdeck', accept: '*/*' },
    // The addresses were just looked up: a second look-up could give others than those shown.
    lookup: (_host, { all }, give) => {
      const [first] = addresses
      if (all) give(null, [...addresses])
      else give(null, first?.address ?? '', first?.family ?? 4)
    },
  }
  return url.protocol === 'https:'
    ? https.request(url, { ...options, ...tlsOptions(serverName) })
    : http.request(url, options)
}

function absolute(location: string | undefined, base: URL): string | null {
  if (location === undefined) return null
  const target = URL.parse(location, base.href)
  return clean(target === null ? location : target.href)
}

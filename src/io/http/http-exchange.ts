// One HTTP(S) request: measures each phase, settles once, and leaves no socket open.

import * as http from 'node:http'
import * as https from 'node:https'
import { TLSSocket } from 'node:tls'
import { type Fault, FaultError, messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { ResolvedAddress } from '../network/dns.ts'
import { onAbort } from '../network/wait-timeout.ts'
import { certificateTlsOptions, serverCertificateOf } from './certificate.ts'
import { readHttpBody } from './http-body.ts'
import { type HttpPhase, httpRequestFault, httpTimeoutFault, notHttpFault, urlTarget } from './http-fault.ts'
import type { HttpGetRequest, HttpGetResponse, SentDocument } from './http-get.ts'
import { certificateFault, verifiedTlsOptions } from './http-trust.ts'

/** Connects to the first address of the host's name. */
export class HttpExchange {
  readonly answer: Promise<HttpGetResponse>
  readonly #question: HttpGetRequest
  readonly #addresses: readonly ResolvedAddress[]
  readonly #began = performance.now()
  readonly #request: http.ClientRequest
  #stage: HttpPhase = 'connecting'
  #connectMs = 0

  constructor(question: HttpGetRequest, addresses: readonly ResolvedAddress[]) {
    const { url, signal } = question
    this.#question = question
    this.#addresses = addresses
    this.#request = openRequest(question, addresses)
    const { promise, resolve, reject } = Promise.withResolvers<HttpGetResponse>()
    const giveUp = () => {
      reject(new FaultError(httpTimeoutFault(url, this.#stage, this.#began)))
      this.#request.destroy()
    }
    this.#watchSocket()
    this.#request.on('error', (error) => reject(new FaultError(this.#faultOf(error))))
    this.#request.once('response', (response) => {
      this.#receive(response).then(resolve, (error) => reject(this.#broken(error)))
    })
    this.#request.once('upgrade', (_response, socket) => {
      reject(new FaultError(notHttpFault(url, 'it switched to another protocol')))
      socket.destroy()
    })
    this.#request.once('close', () => {
      // After the head, the reader of the body reports the end.
      if (this.#stage !== 'reading the answer') reject(new FaultError(notHttpFault(url, 'it closed the connection')))
    })
    this.answer = promise.finally(onAbort(signal, giveUp))
    if (!signal.aborted) this.#request.end(question.sent?.body ?? undefined)
  }

  /** Whether the server may have received the request: the connection was there. */
  mayBeReceived(): boolean {
    return this.#stage === 'waiting for an answer' || this.#stage === 'reading the answer'
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

  async #receive(response: http.IncomingMessage): Promise<HttpGetResponse> {
    const { url, serverName, bodyLimit } = this.#question
    const socket = response.socket
    const head = {
      addresses: this.#addresses.map(({ address }) => address),
      connectMs: this.#connectMs,
      latencyMs: performance.now() - this.#began,
      status: response.statusCode ?? 0,
      location: absolute(response.headers.location, url),
      certificate: socket instanceof TLSSocket ? serverCertificateOf(socket, serverName) : null,
    }
    this.#stage = 'reading the answer'
    return { ...head, body: await readHttpBody(response, bodyLimit) }
  }

  #faultOf(error: Error): Fault {
    const { url, trust } = this.#question
    const ofCertificate = trust === undefined ? null : certificateFault(error, urlTarget(url))
    return ofCertificate ?? httpRequestFault(error, url, this.#stage)
  }

  #broken(error: unknown): Error {
    if (error instanceof FaultError) return error
    const reason = messageOf(error)
    return new FaultError(notHttpFault(this.#question.url, `its answer broke off (${clean(reason)})`))
  }
}

function openRequest(question: HttpGetRequest, addresses: readonly ResolvedAddress[]): http.ClientRequest {
  const { url, serverName, trust, sent } = question
  const options: http.RequestOptions = {
    agent: false,
    method: sent?.method ?? 'GET',
    headers: { 'user-agent': 'pgdeck', accept: '*/*', ...(sent ? headersOf(sent) : {}) },
    // The addresses are known already: a second look-up could return others than those shown.
    lookup: (_host, { all }, give) => {
      const [first] = addresses
      if (all) give(null, [...addresses])
      else give(null, first?.address ?? '', first?.family ?? 4)
    },
  }
  return url.protocol === 'https:'
    ? https.request(url, {
        ...options,
        ...(trust ? verifiedTlsOptions(trust, serverName) : certificateTlsOptions(serverName)),
      })
    : http.request(url, options)
}

function headersOf({ body, authorization }: SentDocument): http.OutgoingHttpHeaders {
  return {
    ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(authorization === null ? {} : { authorization }),
  }
}

function absolute(location: string | undefined, base: URL): string | null {
  if (location === undefined) return null
  const target = URL.parse(location, base.href)
  return clean(target === null ? location : target.href)
}

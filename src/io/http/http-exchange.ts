// One HTTP(S) request under way: times each stage, settles once, and leaves no socket behind.

import * as http from 'node:http'
import * as https from 'node:https'
import { TLSSocket } from 'node:tls'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { Address } from '../network/dns.ts'
import { certificateOf, tlsOptions } from './certificate.ts'
import { readBody } from './http-body.ts'
import { notHttp, overdue, requestFault, type Stage } from './http-fault.ts'
import type { HttpAnswer, HttpQuestion } from './http-get.ts'

/** A request to the first of the addresses that its host's name has. */
export class Exchange {
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

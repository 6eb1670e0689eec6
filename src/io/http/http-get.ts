// One HTTP(S) request on a new connection: the results of port, TLS and head, and how long each took.

import { FaultError } from '../../model/values/fault.ts'
import { lookUpHost, type ResolvedAddress } from '../network/dns.ts'
import { networkFault } from '../network/network-fault.ts'
import type { ServerCertificate } from './certificate.ts'
import { httpTimeoutFault, urlTarget } from './http-fault.ts'
import type { HttpTrust } from './http-trust.ts'

export interface HttpGetResponse {
  /** The current addresses of the host's name. */
  readonly addresses: readonly string[]
  /** Milliseconds to a TCP connection. */
  readonly connectMs: number
  /** Milliseconds from the request to the head of the answer, including connection and TLS. */
  readonly latencyMs: number
  readonly status: number
  /** The redirection target as an absolute URL; it is never followed. */
  readonly location: string | null
  readonly certificate: ServerCertificate | null
  /** null if no body was requested. */
  readonly body: string | null
}

export interface HttpGetRequest {
  readonly url: URL
  /** The name that the certificate must have. */
  readonly serverName: string
  /** Most bytes of the body: a longer one is a fault. 0 requests only the head. */
  readonly bodyLimit: number
  readonly signal: AbortSignal
  /** Present: nothing is sent before the certificate is verified. Absent: a bad one is a finding of the answer. */
  readonly trust?: HttpTrust
  /** Absent: GET, without a body. */
  readonly sent?: SentDocument
}

/** What a request sends. */
export interface SentDocument {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** A JSON document as text; null: no body. */
  readonly body: string | null
  /** The value of the header `authorization`; null: none. A secret. */
  readonly authorization: string | null
}

/**
 * Sends one request. Resolves with the head, or with the body if requested. Always uses a new connection: only that
 * proves that the port accepts new ones. Throws FaultError: dns, refused, unreachable, timeout, tls or protocol.
 */
export async function httpGet(question: HttpGetRequest): Promise<HttpGetResponse> {
  const { url, signal } = question
  const began = performance.now()
  let addresses: readonly ResolvedAddress[]
  try {
    addresses = await lookUpHost(urlHost(url), signal)
  } catch (error) {
    const late = signal.aborted && error === signal.reason
    throw new FaultError(
      late ? httpTimeoutFault(url, 'looking up its name', began) : networkFault(error, urlTarget(url)),
    )
  }
  // Loaded at first use: Node's HTTP and TLS would delay the start where there are only databases.
  const { HttpExchange } = await import('./http-exchange.ts')
  return new HttpExchange(question, addresses).answer
}

/** The host of a URL without the brackets of an IPv6 address. */
export function urlHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

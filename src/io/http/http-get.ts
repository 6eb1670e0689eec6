// One HTTP(S) request on a connection of its own: what the port, TLS and the answer's head tell, and how long each took.

import { FaultError } from '../../model/values/fault.ts'
import { lookUpHost, type ResolvedAddress } from '../network/dns.ts'
import { networkFault } from '../network/network-fault.ts'
import type { ServerCertificate } from './certificate.ts'
import { httpTimeoutFault, urlTarget } from './http-fault.ts'

export interface HttpGetResponse {
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

export interface HttpGetRequest {
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
  // Loaded when first needed: Node's HTTP and TLS would delay the start where there are only databases.
  const { HttpExchange } = await import('./http-exchange.ts')
  return new HttpExchange(question, addresses).answer
}

/** The host of a URL without the brackets of an IPv6 address. */
export function urlHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

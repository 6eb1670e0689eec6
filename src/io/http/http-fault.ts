// Distinguishes the failures of an HTTP request: of the network, of TLS, and of a port with another protocol.

import type { Fault } from '../../model/values/fault.ts'
import { errorCodeOf, networkFault } from '../network/network-fault.ts'

/** How far a request came, so that the message of a timeout fits. */
export type HttpPhase = keyof typeof LATE_HINTS

const LATE_HINTS = {
  'looking up its name': 'Check the DNS servers of this host (/etc/resolv.conf); an address works without DNS.',
  connecting: 'Check that the host is up and that no firewall drops packets to this port.',
  'the TLS handshake': 'The port accepts connections but does not answer: the service hangs, or does not speak TLS.',
  'waiting for an answer': 'The port accepts connections but the service does not answer: it hangs or is overloaded.',
  'reading the answer': 'The answer began but did not end: the service is overloaded, or the network is slow.',
} as const

/** Host and port of a url, without its credentials. */
export function urlTarget(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`
}

/** The fault of a timeout in this phase; `began` is from performance.now(). */
export function httpTimeoutFault(url: URL, stage: HttpPhase, began: number): Fault {
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const message = `${urlTarget(url)}: no answer within ${seconds} s (${stage})`
  const isConnected = stage !== 'looking up its name' && stage !== 'connecting'
  return { code: 'timeout', message, hint: LATE_HINTS[stage], ...(isConnected ? {} : { reason: 'not-connected' }) }
}

/** The port is open, but no web server answers there. */
export function notHttpFault(url: URL, why: string): Fault {
  return {
    code: 'protocol',
    message: `${urlTarget(url)} does not answer in HTTP: ${why}`,
    hint: 'Check that the url names the web port of the server, and check its log.',
  }
}

/**
 * The fault of an error before the head. A port that accepts the connection and then sends nothing or something else is
 * not a network fault.
 */
export function httpRequestFault(error: Error, url: URL, stage: HttpPhase): Fault {
  const code = errorCodeOf(error)
  if (stage === 'the TLS handshake' && code === 'ECONNRESET') {
    return {
      code: 'tls',
      message: `${urlTarget(url)} closed the connection during the TLS handshake`,
      hint: 'Check that this port speaks TLS (else use http:// in its url) and which TLS versions it accepts.',
    }
  }
  if (code.startsWith('HPE_')) {
    if (speaksTls(error)) return { ...notHttpFault(url, 'it speaks TLS'), hint: 'Use https:// in its url.' }
    return notHttpFault(url, 'what it sent is not HTTP')
  }
  if (error.message === 'socket hang up') return notHttpFault(url, 'it closed the connection without an answer')
  return networkFault(error, urlTarget(url))
}

/** A TLS server answers plain HTTP with an alert record (type 21). */
function speaksTls(error: Error): boolean {
  return 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) && error.rawPacket[0] === 21
}

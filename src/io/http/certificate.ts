// The certificate of a TLS server, whether this host trusts its chain, and whether it has the expected name.

import { isIP } from 'node:net'
import * as tls from 'node:tls'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

/** A server's certificate with the two results that only the TLS library can compute. */
export interface ServerCertificate {
  readonly subject: string | null
  readonly issuer: string | null
  /** Milliseconds since the epoch. */
  readonly validFromAt: number
  readonly validToAt: number
  /** `sha256:` and 64 hexadecimal digits, as a pin is written. */
  readonly fingerprint: string
  /** Why this host does not trust the chain, e.g. `DEPTH_ZERO_SELF_SIGNED_CERT`; null if it does. */
  readonly distrust: string | null
  /** The names in the certificate. */
  readonly names: readonly string[]
  readonly nameMatches: boolean
}

let shared: tls.SecureContext | null = null

/** The context of all checks, made once, because reading some hundred root certificates takes a while. */
export function sharedSecureContext(): tls.SecureContext {
  shared ??= tls.createSecureContext({ ca: rootCertificates() })
  return shared
}

/** Node's own roots, NODE_EXTRA_CA_CERTS, and the system's store (if Node can read it), as a browser would trust. */
function rootCertificates(): string[] {
  if (typeof tls.getCACertificates !== 'function') return [...tls.rootCertificates]
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])]
}

/**
 * TLS options with which a bad certificate is a finding, not a failure. The library does not check the name, because
 * `authorizationError` holds only one reason, and that of the chain must not be hidden.
 */
export function certificateTlsOptions(serverName: string): tls.ConnectionOptions {
  return {
    secureContext: sharedSecureContext(),
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
  }
}

/** Reads the certificate of an open TLS connection and compares it with the name that users know. */
export function serverCertificateOf(socket: tls.TLSSocket, serverName: string): ServerCertificate | null {
  const peer = socket.getPeerCertificate()
  if (!peer?.fingerprint256) return null
  const distrust: unknown = socket.authorized ? null : socket.authorizationError
  return {
    subject: printName(peer.subject),
    issuer: printName(peer.issuer),
    validFromAt: Date.parse(peer.valid_from),
    validToAt: Date.parse(peer.valid_to),
    fingerprint: `sha256:${peer.fingerprint256.replaceAll(':', '').toLowerCase()}`,
    distrust: distrust === null ? null : clean(messageOf(distrust)),
    names: namesOf(peer),
    nameMatches: tls.checkServerIdentity(serverName, peer) === undefined,
  }
}

function namesOf(peer: tls.PeerCertificate): readonly string[] {
  const alternatives = (peer.subjectaltname ?? '').split(', ').filter((entry) => entry !== '')
  const names = alternatives.map((entry) => entry.replace(/^(DNS|IP Address):/, ''))
  const common = firstOf(peer.subject?.CN)
  return (names.length > 0 ? names : common === null ? [] : [common]).map(clean)
}

/** The common name, else the organisation: what people know a certificate by. */
function printName(name: tls.Certificate | undefined): string | null {
  const shown = firstOf(name?.CN) ?? firstOf(name?.O) ?? firstOf(name?.OU)
  return shown === null ? null : clean(shown)
}

/** A certificate may repeat a field. Then Node returns a list. */
function firstOf(field: string | readonly string[] | undefined): string | null {
  return (typeof field === 'string' ? field : field?.[0]) ?? null
}

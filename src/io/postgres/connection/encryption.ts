// The encryption of a session: libpq's sslmode as a list of attempts. Node's TLS is not loaded for it: with that, Node reads
// all its root certificates, a tenth of what a command costs that prints and ends.

import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import { serverNameProblem } from './certificate-names.ts'

export type Encryption = 'plain' | 'tls'

/**
 * Returns what to try, in order. `worked` is what the last session with this server used; it comes first if both are
 * allowed.
 */
export function encryptionAttempts(
  mode: ConnectionParameters['ssl']['mode'],
  host: string,
  worked: Encryption | null,
): readonly Encryption[] {
  // As libpq: a Unix socket is never encrypted, whatever sslmode says.
  if (host.startsWith('/') || mode === 'disable') return ['plain']
  if (mode !== 'allow' && mode !== 'prefer') return ['tls']
  const first = worked ?? (mode === 'allow' ? 'plain' : 'tls')
  return first === 'tls' ? ['tls', 'plain'] : ['plain', 'tls']
}

/**
 * Whether TLS proved the identity of the server: its certificate comes from a trusted authority and has this name,
 * whatever sslmode requires.
 */
export function isServerVerified(stream: Duplex, host: string): boolean {
  if (!isEncrypted(stream) || !stream.authorized) return false
  return serverNameProblem(host, stream.getPeerCertificate()) === undefined
}

/** Whether the dsn or the environment names a file for TLS, beyond those that libpq takes by itself. */
export function namesFiles({ rootCert, cert, key, crl, crlFolder }: ConnectionParameters['ssl']): boolean {
  return [rootCert, cert, key, crl ?? null, crlFolder ?? null].some((file) => file !== null)
}

function isEncrypted(stream: Duplex): stream is TLSSocket {
  return (stream as Partial<TLSSocket>).encrypted === true
}

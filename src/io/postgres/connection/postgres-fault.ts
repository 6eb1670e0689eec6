// Maps an error of the database driver to a fault: its code in the status document, and a message with target, role and
// next step.

import { type Fault, FaultError, messageOf } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { errorCodeOf, networkFault } from '../../network/network-fault.ts'
import { tlsFailure } from '../../network/tls-failure.ts'
import { loginFault } from './login-fault.ts'
import { type FaultContext, pathOf, serverError } from './server-error.ts'
import { serverFault } from './server-fault.ts'

/** An endpoint as messages name it: `db-1:5432`, `[::1]:5432`, `/var/run/postgresql:5432`. */
export function endpointName({ host, port }: { readonly host: string; readonly port: number }): string {
  return clean(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
}

/** The server refused TLS. */
export const NO_TLS = 'The server does not support SSL connections'
/** The server answered with something else. A server that can't start a process for the session does so. */
const TLS_REFUSED = 'There was an error establishing an SSL connection'

/** Bytes that no PostgreSQL server sends. pgdeck wrote the reason, so it is safe to show. */
export class ForeignProtocolError extends Error {}

/** Returns the fault for an error of the driver, of the socket or of TLS. Texts of the server are cleaned. */
export function databaseFault(error: unknown, party: FaultContext): Fault {
  if (error instanceof FaultError) return error.fault
  const target = clean(party.target)
  const text = messageOf(error)
  if (text.startsWith('SASL') || text.startsWith('Unknown authenticationOk')) return loginFault(target, text)
  if (error instanceof ForeignProtocolError) return foreign(target, text)
  const sent = serverError(error)
  if (sent) return serverFault(sent, party, pathOf(error))
  if (text === NO_TLS || text === TLS_REFUSED) return tlsOff(target, text === NO_TLS)
  if (text.startsWith('Connection terminated') || text.includes('not queryable')) return closed(target)
  if (/^received (invalid|unexpected)/i.test(text)) return foreign(target, 'unexpected protocol message')
  return socketFault(error, party, target)
}

function fault(code: Fault['code'], message: string, hint: string | null): Fault {
  return { code, message, hint }
}

function foreign(target: string, why: string): Fault {
  return fault(
    'protocol',
    `${target} does not speak PostgreSQL: ${clean(why)}`,
    'Check host and port: another service listens there.',
  )
}

function closed(target: string): Fault {
  const hint = 'It may be stopping or restarting: check its log, and proxies and firewalls in between.'
  return { ...fault('unreachable', `${target} closed the connection`, hint), reason: 'connection-lost' }
}

function tlsOff(target: string, saidNo: boolean): Fault {
  const message = saidNo ? `${target} offers no TLS, and sslmode requires it` : `${target} refused to begin TLS`
  return fault('tls', message, 'Set ssl = on at the server, or use sslmode=prefer where the network is trusted.')
}

const TLS_HINTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Renew the certificate of the server.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use the host name that is in the certificate, or sslmode=verify-ca.',
}

const TLS_KIND_HINTS = {
  version:
    'The server and pgdeck have no version of TLS in common: compare its ssl_min_protocol_version and ssl_max_protocol_version with those in the dsn (without: TLS 1.2 and newer).',
  cipher:
    'The server and pgdeck have no cipher or curve in common: check ssl_ciphers and ssl_groups (ssl_ecdh_curve before 18) there.',
  'own-certificate':
    'The server does not accept the client certificate, or misses it: check sslcert and sslkey, and its ssl_ca_file.',
  other: 'Check sslrootcert (the authority of the server’s certificate), sslcert and sslkey.',
} as const

/** Node's codes for certificates that nobody known has signed, or whose chain it can't follow. */
const UNTRUSTED =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET|VERIFY)_\w+|CERT_UNTRUSTED)$/

function certificateReason(code: string): Pick<Fault, 'reason'> {
  if (code === 'CERT_HAS_EXPIRED') return { reason: 'certificate-expired' }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { reason: 'certificate-name' }
  return UNTRUSTED.test(code) ? { reason: 'certificate-untrusted' } : {}
}

function socketFault(error: unknown, party: FaultContext, target: string): Fault {
  const network = networkFault(error, party.target)
  switch (network.code) {
    case 'refused':
      return { ...network, hint: 'Check that PostgreSQL runs there, and its port and listen_addresses.' }
    case 'tls': {
      const { text: reason, kind } = tlsFailure(error)
      const hint = TLS_HINTS[errorCodeOf(error)] ?? TLS_KIND_HINTS[kind ?? 'other']
      return { ...fault('tls', `${target}: TLS failed: ${reason}`, hint), ...certificateReason(errorCodeOf(error)) }
    }
    default:
      return network
  }
}

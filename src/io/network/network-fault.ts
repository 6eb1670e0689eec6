// Distinguishes Node's network errors: what happened to which target, and what to check next.

import { type Fault, type FaultCode, messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

interface Meaning {
  readonly code: FaultCode
  /** The text after the target's name in the message. */
  readonly description: string
  readonly hint: string
}

const NO_ROUTE = 'Check the address, the network of this host, and the firewalls in between.'

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: {
    code: 'refused',
    description: 'refuses connections: nothing listens on that port',
    hint: 'Check that the service runs and listens on this address and port.',
  },
  ETIMEDOUT: {
    code: 'timeout',
    description: 'does not answer: the connection timed out',
    hint: 'Check that the host is up and that no firewall drops packets to this port.',
  },
  EHOSTUNREACH: { code: 'unreachable', description: 'is unreachable: no route to the host', hint: NO_ROUTE },
  EHOSTDOWN: { code: 'unreachable', description: 'is unreachable: the host is down', hint: NO_ROUTE },
  ENETUNREACH: { code: 'unreachable', description: 'is unreachable: no route to its network', hint: NO_ROUTE },
  ENETDOWN: { code: 'unreachable', description: 'is unreachable: the network of this host is down', hint: NO_ROUTE },
  EADDRNOTAVAIL: {
    code: 'unreachable',
    description: 'is unreachable: this host has no address to use',
    hint: NO_ROUTE,
  },
  EACCES: {
    code: 'unreachable',
    description: 'is unreachable: this host may not connect to it',
    hint: 'Check the local firewall and, for a socket, the permissions of its folder.',
  },
  ENOENT: {
    code: 'refused',
    description: 'has no socket there',
    hint: 'Check the folder of the socket and that the service runs.',
  },
  ECONNRESET: {
    code: 'unreachable',
    description: 'reset the connection',
    hint: 'Check its log; a firewall or a proxy in between may also reset connections.',
  },
  EPIPE: {
    code: 'unreachable',
    description: 'closed the connection during the request',
    hint: 'Check its log; it may be restarting.',
  },
  ENOTFOUND: {
    code: 'dns',
    description: 'has a name that does not resolve',
    hint: 'Check the spelling, /etc/hosts and the DNS record; an address works without DNS.',
  },
  ENODATA: {
    code: 'dns',
    description: 'has a name without an address',
    hint: 'Check the A and AAAA records of the name.',
  },
  EAI_AGAIN: {
    code: 'dns',
    description: 'has a name that no DNS server answered for',
    hint: 'Check /etc/resolv.conf and the DNS servers of this host; an address works without DNS.',
  },
}

const TLS_CODE = /^(ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_OSSL_)/

/**
 * Returns the fault for an error of a socket, of TLS or of name resolution; `target` is `host:port` without secrets. If
 * several addresses failed, the error that says most counts.
 */
export function networkFault(error: unknown, target: string): Fault {
  const single = mostTelling(error)
  const code = errorCodeOf(single)
  const name = clean(target)
  const meaning = MEANINGS[code]
  if (meaning) return { code: meaning.code, message: `${name} ${meaning.description}`, hint: meaning.hint }
  if (TLS_CODE.test(code)) {
    return {
      code: 'tls',
      message: `${name} failed the TLS handshake: ${reasonOf(single)}`,
      hint: 'Check that this port speaks TLS (https), with a version and a cipher this host accepts (TLS 1.2 or newer).',
    }
  }
  return { code: 'unreachable', message: `${name} is unreachable: ${reasonOf(single)}`, hint: NO_ROUTE }
}

/** A refusal proves that the host exists, so it says more than a missing route of another address family. */
function mostTelling(error: unknown): unknown {
  if (!(error instanceof AggregateError) || error.errors.length === 0) return error
  const errors: readonly unknown[] = error.errors
  const rank = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT']
  return (
    rank.map((code) => errors.find((one) => errorCodeOf(one) === code)).find((one) => one !== undefined) ?? errors[0]
  )
}

/** Node's code of the error; empty without one. */
export function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** OpenSSL's own reason if there is one, else the message, in one short line. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'reason' in error && typeof error.reason === 'string') return clean(error.reason)
  const message = messageOf(error)
  return clean(message.split('\n')[0] ?? '').slice(0, 200)
}

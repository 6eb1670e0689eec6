// Distinguishes Node's network errors: what happened to which target, and what to check next.

import { type Fault, messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { NETWORK_MEANINGS, NO_ROUTE } from './network-meanings.ts'
import { tlsFailure } from './tls-failure.ts'

const TLS_CODE = /^(ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_OSSL_)/

/**
 * Returns the fault for an error of a socket, of TLS or of name resolution; `target` is `host:port` without secrets. If
 * several addresses failed, the error that says most counts.
 */
export function networkFault(error: unknown, target: string): Fault {
  const single = mostTelling(error)
  const code = errorCodeOf(single)
  const name = clean(target)
  const file = fileOf(single)
  if (file !== null) return ownFileFault(file, single, name)
  if (isUnsent(single) && !UNSENT_MEANINGS.has(code)) return unsentFault(code, single, name)
  const meaning = NETWORK_MEANINGS[code] ?? (code.startsWith('EAI_') ? NETWORK_MEANINGS.EAI_AGAIN : undefined)
  if (meaning) {
    const { description, ...rest } = meaning
    return { ...rest, message: `${name} ${description}` }
  }
  if (TLS_CODE.test(code)) {
    return {
      code: 'tls',
      message: `${name} failed the TLS handshake: ${tlsFailure(single).text}`,
      hint: 'Check that this port speaks TLS (https), with a version and a cipher this host accepts (TLS 1.2 or newer).',
    }
  }
  return { code: 'unreachable', message: `${name} is unreachable: ${reasonOf(single)}`, hint: NO_ROUTE }
}

/** The file of this host that an error is about; null for the error of a connection, also of one to a Unix socket. */
function fileOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('path' in error) || typeof error.path !== 'string') return null
  return 'syscall' in error && error.syscall === 'connect' ? null : error.path
}

function ownFileFault(file: string, error: unknown, name: string): Fault {
  const why = reasonOf(error)
  return {
    code: 'local',
    message: `${name} was not asked: pgdeck can’t use ${clean(file)}${why.includes(file) ? '' : `: ${why}`}`,
    hint: `Check that the file is there and that the user of pgdeck may read it${why.includes(file) ? ` (${why})` : ''}.`,
  }
}

/** Node adds this to the error of a connection for which the system did not even choose an address of this host. */
const UNSENT = / - Local \((?:0\.0\.0\.0|::):0\)$/

function isUnsent(error: unknown): boolean {
  return UNSENT.test(messageOf(error))
}

/** These mean the same whether a packet was sent or not. */
const UNSENT_MEANINGS: ReadonlySet<string> = new Set(
  Object.entries(NETWORK_MEANINGS).flatMap(([code, meaning]) => (meaning.code === 'local' ? [code] : [])),
)
const WITHOUT_ROUTE: ReadonlySet<string> = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN'])

/** The system of this host refused the connection itself: that says nothing of the target. */
function unsentFault(code: string, error: unknown, name: string): Fault {
  if (WITHOUT_ROUTE.has(code))
    return {
      code: 'unreachable',
      reason: 'no-route',
      message: `${name} was not asked: this host has no route to it`,
      hint: 'Check the network of this host: its interfaces and its routes (ip route get ADDRESS).',
    }
  return {
    code: 'local',
    message: `${name} was not asked: ${reasonOf(error).replace(UNSENT, '')}`,
    hint: 'Check the address and the routes of this host (ip route get ADDRESS). An address of a link (fe80::1) needs its interface: fe80::1%eth0.',
  }
}

/** A refusal proves that the host exists, so it says more than a missing route of another address family. */
function mostTelling(error: unknown): unknown {
  if (!(error instanceof AggregateError) || error.errors.length === 0) return error
  const sent = error.errors.filter((one) => !isUnsent(one))
  const errors: readonly unknown[] = sent.length > 0 ? sent : error.errors
  const rank = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH']
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

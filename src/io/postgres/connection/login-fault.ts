// The faults of a login, between the driver and a server.

import type { Fault } from '../../../model/values/fault.ts'

/** Numbers of authentication requests that the driver does not support, as in the protocol. */
const UNKNOWN_REQUESTS: Readonly<Record<string, string>> = {
  2: 'Kerberos',
  6: 'SCM',
  7: 'GSSAPI',
  8: 'GSSAPI',
  9: 'SSPI',
}

/** Ed25519 has no hash to bind to, but servers offer channel binding all the same. psql fails there too. */
export function unbindableCertificateFault(target: string): Fault {
  return fault(
    `${target} has a certificate whose signature algorithm allows no channel binding`,
    'Give it a certificate that is signed by RSA or ECDSA, or write channel_binding=disable into the dsn.',
  )
}

/** Returns the fault for an error of the driver; `text` is its message. */
export function loginFault(target: string, text: string): Fault {
  const [, number] = /^Unknown authenticationOk message type (\d+)/.exec(text) ?? []
  if (text.startsWith('SASL channel binding')) return unbindableCertificateFault(target)
  if (number !== undefined || text.includes('mechanism')) {
    const what = UNKNOWN_REQUESTS[number ?? '']
    const message = `${target} asks for an authentication method that pgdeck does not support${what === undefined ? '' : `: ${what}`}`
    return fault(message, 'Use scram-sha-256, md5 or a client certificate for this role in pg_hba.conf.')
  }
  const [, iterations] = /iteration count (\d+) exceeds/.exec(text) ?? []
  if (iterations !== undefined) {
    const message = `${target} asks for too many SCRAM iterations: ${iterations}`
    return fault(message, 'Set scram_iterations to 100000 at most, and the password of the role anew.')
  }
  const message = `${target} failed to prove that it has the password too`
  return fault(message, 'Check host and port: another program may pose as the server there.')
}

/** The proof was bound to another certificate than the server's own: a program in between has one too. */
export function channelBindingFault(message: string, target: string): Fault {
  return fault(
    `${target}: ${message}`,
    'Something between here and the server ends TLS: an attacker, or a proxy. For a proxy that you trust: channel_binding=disable.',
  )
}

function fault(message: string, hint: string): Fault {
  return { code: 'auth', message, hint }
}

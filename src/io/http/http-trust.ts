// TLS towards a server that must prove itself before anything is sent: the authority, and a certificate of our own.

import { isIP } from 'node:net'
import * as tls from 'node:tls'
import { type Fault, FaultError, messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { readTextOrNull } from '../files/sync-files.ts'
import { errorCodeOf } from '../network/network-fault.ts'
import { sharedSecureContext } from './certificate.ts'

/** Files in PEM; null: the authorities that this host trusts, and no certificate of our own. */
export interface HttpTrust {
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
}

/** TLS options with which nothing is sent before the certificate is verified. Throws FaultError if a file can't be read. */
export function verifiedTlsOptions(trust: HttpTrust, serverName: string): tls.ConnectionOptions {
  return {
    secureContext: contextOf(trust),
    rejectUnauthorized: true,
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(serverName, certificate),
    ALPNProtocols: ['http/1.1'],
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
  }
}

/** The files may be renewed at any time, so they are read for each connection. */
function contextOf({ ca, cert, key }: HttpTrust): tls.SecureContext {
  if (ca === null && cert === null) return sharedSecureContext()
  const own = cert === null ? {} : { cert: contentOf(cert), key: contentOf(key ?? cert) }
  try {
    return tls.createSecureContext({
      ...(ca === null ? { ca: tls.rootCertificates.slice() } : { ca: contentOf(ca) }),
      ...own,
    })
  } catch (error) {
    throw ownFault(`pgdeck can’t use the certificates for this address: ${clean(messageOf(error)).slice(0, 200)}`)
  }
}

function contentOf(file: string): string {
  const content = readTextOrNull(file)
  if (content === null) throw ownFault(`pgdeck can’t read ${clean(file)}`)
  return content
}

function ownFault(message: string): FaultError {
  const hint = 'Check that the file exists, is in PEM, and may be read by the user of pgdeck.'
  return new FaultError({ code: 'tls', message, hint, reason: 'own-file' })
}

const NAME_CODES = /^ERR_TLS_CERT_ALTNAME_INVALID$|^HOSTNAME_MISMATCH$/
const EXPIRED_CODES = /^CERT_HAS_EXPIRED$|^CERT_NOT_YET_VALID$/
const UNTRUSTED_CODES = /^(?:DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|INVALID_CA|PATH_LENGTH)/

/** The fault of a certificate that did not prove the server; null if the error is another one. */
export function certificateFault(error: Error, target: string): Fault | null {
  const code = errorCodeOf(error)
  if (NAME_CODES.test(code)) {
    const hint = 'Use the name or address that the certificate has, or give the service one with this name.'
    return { code: 'tls', reason: 'certificate-name', message: `${target} has a certificate for another name`, hint }
  }
  if (EXPIRED_CODES.test(code)) {
    const message = `${target} has a certificate that is not valid today`
    return { code: 'tls', reason: 'certificate-expired', message, hint: 'Renew it, and check the clocks.' }
  }
  if (!UNTRUSTED_CODES.test(code)) return null
  const message = `${target} has a certificate that this host does not trust (${clean(code)})`
  return { code: 'tls', reason: 'certificate-untrusted', message, hint: 'Name the file of its authority as "ca".' }
}

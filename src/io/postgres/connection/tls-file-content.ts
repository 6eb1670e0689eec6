// Whether files for TLS hold what their parameter requires. Node reports that late, without the name of the file, and a
// file without lists of revoked certificates like a failure of the network.

import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'

const CERTIFICATE = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/

/** Whether the text has a certificate, the first of which can be read. */
export function holdsCertificate(text: string): boolean {
  const [begin, kind] = CERTIFICATE.exec(text) ?? []
  if (begin === undefined) return false
  // That form has further data, which Node does not read here but takes as an authority.
  if (kind === 'TRUSTED ') return true
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}

/** Whether the text has a list of revoked certificates that can be read. */
export function holdsRevocations(text: string): boolean {
  return isAccepted({ crl: text })
}

/** Whether the key is that of the certificate. */
export function belongTogether(cert: string, key: string): boolean {
  return isAccepted({ cert, key })
}

function isAccepted(options: SecureContextOptions): boolean {
  try {
    createSecureContext(options)
    return true
  } catch {
    return false
  }
}

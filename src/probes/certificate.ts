// Judges a server's certificate as its users would: in date, for this name, trusted or pinned.

import type { ServerCertificate } from '../io/http/certificate.ts'
import type { TlsFacts } from '../model/measured/connections/certificate-facts.ts'

const DAY_MS = 86_400_000

/**
 * How the configuration wants it judged. A pin replaces the checks of chain and name, because it names the exact
 * certificate.
 */
export interface CertificateRule {
  readonly verify: boolean
  /** `sha256:` and 64 hexadecimal digits, with or without colons. */
  readonly pin: string | null
}

/**
 * Returns what is known of the certificate now. With `verify` off and no pin, the facts are reported without a problem.
 */
export function judgeCertificate(
  certificate: ServerCertificate,
  name: string,
  rule: CertificateRule,
  now: number,
): TlsFacts {
  const pinned = rule.pin !== null && fingerprintOf(rule.pin) === fingerprintOf(certificate.fingerprint)
  const judged = rule.pin !== null || rule.verify
  return {
    daysLeft: Math.floor((certificate.validToAt - now) / DAY_MS),
    nameMatches: certificate.nameMatches,
    trusted: rule.pin === null ? certificate.distrust === null : pinned,
    problem: judged ? problemOf(certificate, name, rule, pinned, now) : null,
    subject: certificate.subject,
    issuer: certificate.issuer,
    validToAt: certificate.validToAt,
    fingerprint: certificate.fingerprint,
  }
}

/** Returns the first reason for which a browser would warn, the gravest first. */
function problemOf(
  certificate: ServerCertificate,
  name: string,
  rule: CertificateRule,
  pinned: boolean,
  now: number,
): string | null {
  if (rule.pin !== null && !pinned) {
    return `the certificate is not the pinned one: it has the fingerprint ${certificate.fingerprint}`
  }
  if (certificate.validToAt < now) return `the certificate expired on ${day(certificate.validToAt)}`
  if (certificate.validFromAt > now) return `the certificate is not valid before ${day(certificate.validFromAt)}`
  if (pinned) return null
  if (!certificate.nameMatches) {
    return `the certificate is not for ${name}: it is for ${certificate.names.slice(0, 3).join(', ') || 'no name'}`
  }
  return certificate.distrust === null ? null : distrustedBecause(certificate)
}

function distrustedBecause({ distrust, fingerprint, issuer }: ServerCertificate): string {
  switch (distrust) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `the certificate is self-signed; if it is the right one, pin it: ${fingerprint}`
    case 'CERT_HAS_EXPIRED':
      return 'a certificate in its chain has expired'
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `the certificate is not trusted here: its issuer ${issuer ?? ''} is unknown or the chain is incomplete`
    default:
      return `the certificate is not trusted here: ${distrust}`
  }
}

function fingerprintOf(pin: string): string {
  return pin
    .replace(/^sha256:/i, '')
    .replaceAll(':', '')
    .toLowerCase()
}

function day(at: number): string {
  return Number.isNaN(at) ? 'an unreadable date' : new Date(at).toISOString().slice(0, 10)
}

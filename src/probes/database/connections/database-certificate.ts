// Judges the certificate of a database server by what the sslmode of its DSN verifies.

import type { DatabaseCertificate } from '../../../io/postgres/connection/tls.ts'
import type { TlsFacts } from '../../../model/measured/connections/certificate-facts.ts'
import { judgeCertificate } from '../../certificate.ts'

/** What is known of the certificate at `now`, in milliseconds since the epoch. Where nothing is verified nothing is a problem. */
export function judgeDatabaseCertificate(shown: DatabaseCertificate, now: number): TlsFacts {
  const { host, verified, nameMatches } = shown
  const judged = verified === 'authority' ? { ...shown, nameMatches: true } : shown
  const facts = judgeCertificate(judged, host, { verify: verified !== 'nothing', pin: null }, now)
  return { ...facts, nameMatches }
}

// Passwords that a wrong sign has made a part of a value that is shown: such a value is refused, and not repeated.

import { isSecretName } from '../../model/logs/secret-names.ts'
import { DsnError } from './dsn-text.ts'

/** Those whose values stand in frames, messages and names of clusters. */
const SHOWN = [
  ...(['host', 'port', 'user', 'dbname', 'application_name', 'fallback_application_name', 'service'] as const),
  ...(['passfile', 'sslrootcert', 'sslcert', 'sslkey', 'sslcrl', 'sslcrldir'] as const),
] as const
/**
 * Throws DsnError where a value that is shown goes on with the name of a secret, as pairs of other programs do that are
 * joined by other signs (`Host=h;Password=x`). The value is not repeated.
 */
export function refuseJoinedSecrets(
  lookup: (name: (typeof SHOWN)[number]) => { readonly value: string; readonly from: string } | null,
): void {
  for (const name of SHOWN) {
    const found = lookup(name)
    if (found) refuseJoinedSecret(found.value, found.from)
  }
}

/** Of one value, found there. */
export function refuseJoinedSecret(value: string, from: string): void {
  if (/:\/\/[^/@\s]*:[^@\s]*@/.test(value)) {
    throw new DsnError(`${from} contains another connection string, with a password: give that one alone`)
  }
  const joined = [...value.matchAll(/[;,&\s]\s*([a-z][\w .-]{0,40}?)\s*=/gi)]
  // Without any sign between them the name of the next is not to be told from the value before it.
  const isGrown = /(?:passw(?:or)?d|pwd|secret|token)\s*=/i.test(value)
  if (!isGrown && !joined.some(([, next = '']) => isSecretName(next))) return
  throw new DsnError(
    `${from} contains another pair: separate pairs by blanks, those of a URI follow "?" and are separated by "&"`,
  )
}

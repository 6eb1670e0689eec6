// Pairs that other programs join by other signs (`Host=h;Password=x`): a host or database of such a name would be shown.

import { isSecretName } from '../../model/logs/secret-names.ts'
import { DsnError } from './dsn-text.ts'

/** Those whose values stand in frames, messages and names of clusters. */
const SHOWN = ['host', 'port', 'user', 'dbname', 'application_name', 'fallback_application_name', 'service'] as const

/** Throws DsnError where a value that is shown goes on with the name of a secret. The value is not repeated. */
export function refuseJoinedSecrets(
  lookup: (name: (typeof SHOWN)[number]) => { readonly value: string; readonly from: string } | null,
): void {
  for (const name of SHOWN) {
    const found = lookup(name)
    const joined = [...(found?.value ?? '').matchAll(/[;,&\s]\s*([a-z][\w .-]{0,40}?)\s*=/gi)]
    if (!found || !joined.some(([, next = '']) => isSecretName(next))) continue
    throw new DsnError(
      `${found.from} goes on with a pair of its own: pairs are separated by blanks, those of a URI follow "?" and are separated by "&"`,
    )
  }
}

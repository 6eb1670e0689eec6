// libpq's require_auth and channel_binding: which ways of logging in a connection string allows.

import {
  AUTH_METHODS,
  type AuthMethod,
  type AuthRequirements,
  type ChannelBinding,
} from '../../model/values/connection-parameters.ts'
import { DsnError } from './dsn-text.ts'

/** What libpq knows and pgdeck can't do: allowed in a list beside others, of no use alone. */
const UNSUPPORTED = ['gss', 'sspi', 'oauth']
const KNOWN: readonly string[] = [...AUTH_METHODS, ...UNSUPPORTED]
const CHANNEL_BINDINGS: readonly ChannelBinding[] = ['disable', 'prefer', 'require']

/** A value and where it was found, for messages; null where it is nowhere. */
type Found = { readonly value: string; readonly from: string } | null

/** The rules that both values make. Throws DsnError, as libpq refuses; also where no method is left that pgdeck can do. */
export function loginRules(requireAuth: Found, channelBinding: Found): AuthRequirements {
  const { allowed, explicit } = methodsOf(requireAuth)
  const binding = CHANNEL_BINDINGS.find((known) => known === (channelBinding?.value ?? 'prefer'))
  if (binding === undefined) {
    throw new DsnError(`${channelBinding?.from} is unknown; allowed are ${CHANNEL_BINDINGS.join(', ')}`)
  }
  if (binding === 'require' && allowed !== null && !allowed.includes('scram-sha-256')) {
    throw new DsnError(
      `${channelBinding?.from}=require needs scram-sha-256, which ${requireAuth?.from} does not allow: no login method is left`,
    )
  }
  return { allowed, explicit: explicit, channelBinding: binding }
}

/** A list of methods, or of methods that are excluded with `!`; libpq allows no mixture and nothing twice. */
function methodsOf(found: Found): Pick<AuthRequirements, 'allowed' | 'explicit'> {
  if (found === null) return { allowed: null, explicit: [] }
  const parts = found.value.split(',')
  const isNegative = parts[0]?.startsWith('!') ?? false
  const methods = parts.map((part) => {
    if (part.startsWith('!') !== isNegative) {
      throw new DsnError(`${found.from} mixes methods with "!" and without: write all with "!" or none`)
    }
    const method = isNegative ? part.slice(1) : part
    if (!KNOWN.includes(method)) {
      throw new DsnError(`${found.from} has an unknown method; allowed are ${KNOWN.join(', ')}, each without blanks`)
    }
    return method
  })
  if (new Set(methods).size < methods.length) throw new DsnError(`${found.from} names a method twice`)
  const allowed = AUTH_METHODS.filter((method) => methods.includes(method) !== isNegative)
  if (allowed.length === 0) {
    throw new DsnError(
      `${found.from} leaves no login method: pgdeck supports ${AUTH_METHODS.join(', ')}, not ${UNSUPPORTED.join(', ')}`,
    )
  }
  return { allowed, explicit: isNegative ? [] : (allowed satisfies readonly AuthMethod[]) }
}

// Authentication methods of pg_hba.conf and their options: which exist from which version on, and what goes together.

import type { HbaRecord } from './record.ts'

const METHODS: ReadonlyMap<string, { readonly from: number; readonly until?: number }> = new Map([
  ['trust', { from: 0 }],
  ['reject', { from: 0 }],
  ['md5', { from: 0 }],
  ['scram-sha-256', { from: 0 }],
  ['password', { from: 0 }],
  ['ident', { from: 0 }],
  ['peer', { from: 0 }],
  ['gss', { from: 0 }],
  ['pam', { from: 0 }],
  ['ldap', { from: 0 }],
  ['radius', { from: 0, until: 18 }],
  ['cert', { from: 0 }],
  ['oauth', { from: 18 }],
])
/** Known to every server, usable on Windows and OpenBSD only. */
const ELSEWHERE: readonly string[] = ['sspi', 'bsd']

interface OptionRule {
  readonly methods: readonly string[]
  /** Those names as the server's message has them. */
  readonly said: string
  readonly from?: number
}

const only = (method: string, from = 0): OptionRule => ({ methods: [method], said: method, from })
const gssapi: OptionRule = { methods: ['gss'], said: 'gssapi and sspi' }

const OPTIONS: ReadonlyMap<string, OptionRule> = new Map([
  ...['pamservice', 'pam_use_rhostname'].map((name) => [name, only('pam')] as const),
  ...['url', 'tls', 'scheme', 'server', 'port', 'binddn', 'bindpasswd', 'searchattribute', 'searchfilter'].map(
    (name) => [`ldap${name}`, only('ldap')] as const,
  ),
  ...['basedn', 'prefix', 'suffix'].map((name) => [`ldap${name}`, only('ldap')] as const),
  ...['servers', 'secrets', 'ports', 'identifiers'].map((name) => [`radius${name}`, only('radius')] as const),
  ...['issuer', 'scope', 'validator', 'delegate_ident_mapping'].map((name) => [name, only('oauth', 18)] as const),
  ...['compat_realm', 'upn_username'].map((name) => [name, only('sspi')] as const),
  ['krb_realm', gssapi],
  ['include_realm', gssapi],
])

type Judged = Pick<HbaRecord, 'type' | 'method' | 'options'>

/** What the server says against a method with a record type and options, or null. */
export function authMethodProblem(record: Judged, version: number): string | null {
  const { type, method } = record
  const known = METHODS.get(method)
  if (ELSEWHERE.includes(method)) return `invalid authentication method "${method}": not supported by this build`
  if (!known || version < known.from || version > (known.until ?? Number.POSITIVE_INFINITY)) {
    return `invalid authentication method "${method}"`
  }
  if (type === 'local' && method === 'gss') return 'gssapi authentication is not supported on local sockets'
  if (type !== 'local' && method === 'peer') return 'peer authentication is only supported on local sockets'
  if (type !== 'hostssl' && method === 'cert') return 'cert authentication is only supported on hostssl connections'
  for (const { name, value } of record.options) {
    const problem = optionProblem(record, name, value, version)
    if (problem !== null) return problem
  }
  return missingOption(record)
}

function optionProblem(record: Judged, name: string, value: string, version: number): string | null {
  if (name === 'map') {
    const methods = ['ident', 'peer', 'gss', 'cert', ...(version >= 18 ? ['oauth'] : [])]
    return methods.includes(record.method)
      ? null
      : wrongMethod(name, `ident, peer, gssapi, sspi, ${version >= 18 ? 'cert, and oauth' : 'and cert'}`)
  }
  if (name === 'clientcert') return clientCertProblem(record, value, version)
  if (name === 'clientname' && version >= 14) {
    if (record.type !== 'hostssl') return 'clientname can only be configured for "hostssl" rows'
    return value === 'CN' || value === 'DN' ? null : `invalid value for clientname: "${value}"`
  }
  const rule = OPTIONS.get(name)
  if (!rule || version < (rule.from ?? 0)) return `unrecognized authentication option name: "${name}"`
  if (!rule.methods.includes(record.method)) return wrongMethod(name, rule.said)
  if (name === 'ldapport' && !(Number.parseInt(value, 10) !== 0 && /^\s*[+-]?\d/.test(value))) {
    return `invalid LDAP port number: "${value}"`
  }
  return null
}

function wrongMethod(option: string, methods: string): string {
  return `authentication option "${option}" is only valid for authentication methods ${methods}`
}

function clientCertProblem({ type, method }: Judged, value: string, version: number): string | null {
  if (type !== 'hostssl') return 'clientcert can only be configured for "hostssl" rows'
  const allowed = version >= 14 ? ['verify-ca', 'verify-full'] : ['verify-ca', 'verify-full', 'no-verify', '0', '1']
  if (!allowed.includes(value)) return `invalid value for clientcert: "${value}"`
  if (method !== 'cert' || value === 'verify-full') return null
  if (version >= 14) return 'clientcert can only be set to "verify-full" when using "cert" authentication'
  return value === 'no-verify' || value === '0'
    ? 'clientcert can not be set to "no-verify" when using "cert" authentication'
    : null
}

function missingOption({ method, options }: Judged): string | null {
  const has = (...names: string[]) => options.some(({ name, value }) => names.includes(name) && value !== '')
  const requires = (names: readonly string[]) => {
    const missing = names.find((name) => !has(name))
    return missing ? `authentication method "${method}" requires argument "${missing}" to be set` : null
  }
  if (method === 'radius') return requires(['radiusservers', 'radiussecrets'])
  if (method === 'oauth') return requires(['scope', 'issuer'])
  if (method !== 'ldap') return null
  const simple = has('ldapprefix', 'ldapsuffix')
  if (simple && has('ldapbasedn', 'ldapbinddn', 'ldapbindpasswd', 'ldapsearchattribute', 'ldapsearchfilter')) {
    return 'cannot mix options for simple bind and search+bind modes'
  }
  if (simple || has('ldapbasedn', 'ldapurl')) return null
  return 'authentication method "ldap" requires argument "ldapbasedn", "ldapprefix", or "ldapsuffix" to be set'
}

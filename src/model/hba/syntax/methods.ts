// Authentication methods of pg_hba.conf and their options: which exist from which version on, and what goes together.

import { type LdapUrl, parseLdapUrl } from './ldap-url.ts'
import type { HbaOption, HbaRecord } from './record.ts'

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
  readonly until?: number
}

const only = (method: string, from = 0): OptionRule => ({ methods: [method], said: method, from })
const gssapi: OptionRule = { methods: ['gss'], said: 'gssapi and sspi' }

const OPTIONS: ReadonlyMap<string, OptionRule> = new Map([
  ...['pamservice', 'pam_use_hostname'].map((name) => [name, only('pam')] as const),
  ...['url', 'tls', 'scheme', 'server', 'port', 'binddn', 'bindpasswd', 'searchattribute', 'searchfilter'].map(
    (name) => [`ldap${name}`, only('ldap')] as const,
  ),
  ...['basedn', 'prefix', 'suffix'].map((name) => [`ldap${name}`, only('ldap')] as const),
  ...['servers', 'secrets', 'ports', 'identifiers'].map(
    (name) => [`radius${name}`, { ...only('radius'), until: 18 }] as const,
  ),
  ...['issuer', 'scope', 'validator', 'delegate_ident_mapping'].map((name) => [name, only('oauth', 18)] as const),
  ...['compat_realm', 'upn_username'].map((name) => [name, only('sspi')] as const),
  ['krb_realm', gssapi],
  ['include_realm', gssapi],
])

type Judged = Pick<HbaRecord, 'type' | 'method'>

/** What the server says against a word as the method of a record of this type, or null; before it reads any option. */
export function authMethodProblem({ type, method }: Judged, version: number): string | null {
  if (ELSEWHERE.includes(method)) return `invalid authentication method "${method}": not supported by this build`
  if (!isKnownMethod(method, version)) return `invalid authentication method "${method}"`
  if (type === 'local' && method === 'gss') return 'gssapi authentication is not supported on local sockets'
  if (type !== 'local' && method === 'peer') return 'peer authentication is only supported on local sockets'
  if (type !== 'hostssl' && method === 'cert') return 'cert authentication is only supported on hostssl connections'
  return null
}

function isKnownMethod(method: string, version: number): boolean {
  const { from, until = Number.POSITIVE_INFINITY } = METHODS.get(method) ?? { from: Number.POSITIVE_INFINITY }
  return from <= version && version <= until
}

/** What it says against one option, the others aside, or null. */
export function authOptionProblem(record: Judged, { name, value }: HbaOption, version: number): string | null {
  if (name === 'map') return mapProblem(record, version)
  if (name === 'clientcert') return clientCertProblem(record, value, version)
  if (name === 'clientname' && version >= 14) return clientNameProblem(record, value)
  const rule = OPTIONS.get(name)
  if (!rule || version < (rule.from ?? 0) || version > (rule.until ?? version))
    return `unrecognized authentication option name: "${name}"`
  if (!rule.methods.includes(record.method)) return wrongMethod(name, rule.said)
  return valueProblem(name, value)
}

function mapProblem({ method }: Judged, version: number): string | null {
  const hasOauth = version >= 18
  if (['ident', 'peer', 'gss', 'cert'].includes(method) || (hasOauth && method === 'oauth')) return null
  return wrongMethod('map', `ident, peer, gssapi, sspi, ${hasOauth ? 'cert, and oauth' : 'and cert'}`)
}

function clientNameProblem({ type }: Judged, value: string): string | null {
  if (type !== 'hostssl') return 'clientname can only be configured for "hostssl" rows'
  return value === 'CN' || value === 'DN' ? null : `invalid value for clientname: "${value}"`
}

function valueProblem(name: string, value: string): string | null {
  if (name === 'ldapport' && !isPort(value)) return `invalid LDAP port number: "${value}"`
  if (name === 'ldapurl') {
    const url = parseLdapUrl(value)
    return 'error' in url ? url.error : null
  }
  if (!name.startsWith('radius')) return null
  const what = { servers: 'server', secrets: 'secret', identifiers: 'identifiers' }[name.slice(6)]
  const list = splitList(value)
  if (name === 'radiusports' && !list?.every(isPort)) return `invalid RADIUS port number: "${value}"`
  if (list === null) return `could not parse RADIUS ${what} list "${what === 'secret' ? '***' : value}"`
  return null
}

/** As the server reads it: a number other than 0 in front is enough. */
function isPort(text: string): boolean {
  return /^\s*[+-]?\d/.test(text) && Number.parseInt(text, 10) !== 0
}

/** The items of a comma list, which double quotes may enclose; null where the server can't read it. */
function splitList(text: string): readonly string[] | null {
  if (text.trim() === '') return []
  const items: string[] = []
  const item = /\s*(?:"((?:[^"]|"")*)"|([^,\s]+))\s*(,|$)/y
  while (true) {
    const [, quoted, bare = '', end] = item.exec(text) ?? []
    if (end === undefined) return null
    items.push(quoted?.replaceAll('""', '"') ?? bare)
    if (end === '') return items
  }
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

/** What the server says about all options together, each of which may be right by itself, or null. */
export function authOptionsProblem(method: string, options: readonly HbaOption[], version: number): string | null {
  if (method === 'radius') return radiusProblem(options)
  if (method === 'ldap') return ldapProblem(options, version)
  if (method === 'oauth') return oauthProblem(options)
  return null
}

function requires(method: string, missing: string): string {
  return `authentication method "${method}" requires argument "${missing}" to be set`
}

/** An empty value is one, too. */
function oauthProblem(options: readonly HbaOption[]): string | null {
  const given = (wanted: string) => options.findLast(({ name }) => name === wanted)?.value
  const missing = ['scope', 'issuer'].find((name) => given(name) === undefined)
  if (missing !== undefined) return requires('oauth', missing)
  const isMapped = given('map') !== undefined && given('delegate_ident_mapping') === '1'
  return isMapped ? 'map cannot be used in combination with delegate_ident_mapping' : null
}

function radiusProblem(options: readonly HbaOption[]): string | null {
  const count = (wanted: string) => splitList(options.findLast(({ name }) => name === wanted)?.value ?? '')?.length ?? 0
  const servers = count('radiusservers')
  const missing = ['radiusservers', 'radiussecrets'].find((name) => count(name) === 0)
  if (missing !== undefined) return requires('radius', missing)
  for (const what of ['secrets', 'ports', 'identifiers']) {
    const given = count(`radius${what}`)
    if (given <= 1 || given === servers) continue
    return `the number of RADIUS ${what} (${given}) must be 1 or the same as the number of RADIUS servers (${servers})`
  }
  return null
}

function ldapProblem(options: readonly HbaOption[], version: number): string | null {
  const urls = options.filter(({ name }) => name === 'ldapurl').map(({ value }) => parseLdapUrl(value))
  const inUrl = (part: keyof LdapUrl) => urls.some((url) => !('error' in url) && url[part] !== null)
  const has = (...names: string[]) => options.some(({ name }) => names.includes(name))
  const [base, attribute, filter] = [
    has('ldapbasedn') || inUrl('baseDn'),
    has('ldapsearchattribute') || inUrl('searchAttribute'),
    has('ldapsearchfilter') || inUrl('searchFilter'),
  ]
  const isSimple = has('ldapprefix', 'ldapsuffix')
  if (isSimple && (base || attribute || filter || has('ldapbinddn', 'ldapbindpasswd'))) {
    return version >= 18
      ? 'cannot mix options for simple bind and search+bind modes'
      : 'cannot use ldapbasedn, ldapbinddn, ldapbindpasswd, ldapsearchattribute, ldapsearchfilter, or ldapurl together with ldapprefix'
  }
  if (!isSimple && !base) {
    return 'authentication method "ldap" requires argument "ldapbasedn", "ldapprefix", or "ldapsuffix" to be set'
  }
  return attribute && filter ? 'cannot use ldapsearchattribute together with ldapsearchfilter' : null
}

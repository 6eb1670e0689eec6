// Random options of methods, right and wrong ones, each against what the server's view of pg_hba.conf says of the line.

import { join } from 'node:path'
import fc from 'fast-check'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { readTextOrNull, writePrivateText } from '../../../src/io/files/sync-files.ts'
import { mapOf } from '../../../src/model/hba/ident/ident-maps.ts'
import { parseHba } from '../../../src/model/hba/syntax/parse.ts'
import { OWN_LINE } from './situations.ts'

export interface LineComparison {
  readonly lines: number
  /** Of these, those that the server takes. */
  readonly taken: number
  readonly differences: readonly string[]
}

const some = (...words: string[]) => fc.constantFrom(...words)
const METHODS = [
  'md5',
  'scram-sha-256',
  'password',
  'trust',
  'reject',
  'ident',
  'peer',
  'cert',
  'gss',
  'sspi',
  'pam',
  'bsd',
]
const MORE_METHODS = [
  'ldap',
  'ldap',
  'ldap',
  'radius',
  'radius',
  'oauth',
  'oauth',
  'MD5',
  'scram',
  '"md5"',
  'kerberos',
  'crypt',
]
const TEXTS = [
  '',
  'x',
  '0',
  '1',
  '"a b"',
  'CN',
  'DN',
  'verify-ca',
  'verify-full',
  'no-verify',
  'a,b',
  '"a,b"',
  '/re',
  '1x',
]
const URLS = [
  ...[
    'ldap://h/dc=x?uid?sub',
    'ldap://h',
    'ldaps://h:636/dc=x',
    'ldap://h/dc=x?uid?sub?(a=b)',
    'ldapi://h/dc=x',
    'http://h',
  ],
  ...['ldap://h:0/dc=x', 'ldap://h:99999/dc=x', 'ldap://[::1]/dc=x', 'ldap://h/dc=x?uid?base', 'ldap://h/dc=x?uid?one'],
  ...[
    'ldap:///dc=x',
    'ldap://h/dc=%78?uid',
    'ldap://h/dc=%zz',
    'ldap://h g/dc=x',
    'ldap://h,i/dc=x',
    'ldap://h/?uid',
    'LDAP://h/dc=x',
  ],
]
const LISTS = [
  '127.0.0.1',
  '"127.0.0.1,127.0.0.2"',
  '',
  '"127.0.0.1, "',
  '"a""b"',
  '"1812,1813"',
  '1812',
  '"0"',
  '"a,b,c"',
  '" "',
  '",a"',
]
const NAMES = {
  map: TEXTS,
  clientcert: TEXTS,
  clientname: TEXTS,
  pamservice: TEXTS,
  pam_use_hostname: TEXTS,
  pam_use_rhostname: TEXTS,
  ldapurl: URLS.map((url) => `"${url}"`),
  ldaptls: TEXTS,
  ldapscheme: ['ldap', 'ldaps', 'ldapi', 'x', ''],
  ldapserver: ['h', '"h i"', ''],
  ldapport: ['389', '0', 'x', '1x', '-1', '', '" 5"', '99999'],
  ldapbinddn: TEXTS,
  ldapbindpasswd: TEXTS,
  ldapsearchattribute: TEXTS,
  ldapsearchfilter: ['"(uid=$username)"', '', 'x'],
  ldapbasedn: ['"dc=x"', ''],
  ldapprefix: ['"cn="', ''],
  ldapsuffix: ['",dc=x"', ''],
  krb_realm: TEXTS,
  include_realm: TEXTS,
  compat_realm: TEXTS,
  upn_username: TEXTS,
  // Names would be looked up, which no file tells.
  radiusservers: LISTS.filter((list) => !/[a-z]/.test(list)),
  radiussecrets: LISTS,
  radiusports: LISTS,
  radiusidentifiers: LISTS,
  issuer: ['"https://h"', '', 'x', '"https://h/.well-known/openid-configuration"'],
  scope: ['"openid email"', '', 'x'],
  delegate_ident_mapping: ['0', '1', 'x', ''],
  radiusserver: LISTS,
  ldapBaseDN: ['x'],
} as const satisfies Record<string, readonly string[]>

type Name = keyof typeof NAMES
const PREFIXES: Readonly<Record<string, string>> = {
  ldap: 'ldap',
  radius: 'radius',
  pam: 'pam',
  gss: 'krb',
  cert: 'client',
}
const FITTING: Readonly<Record<string, readonly Name[]>> = {
  oauth: ['issuer', 'scope', 'map', 'delegate_ident_mapping'],
}

function option(method: string): fc.Arbitrary<string> {
  const all = Object.keys(NAMES) as Name[]
  const own = FITTING[method] ?? all.filter((name) => name.startsWith(PREFIXES[method] ?? 'map'))
  return fc
    .oneof({ weight: 8, arbitrary: some(...own) }, { weight: 2, arbitrary: some(...all) })
    .chain((name) => some(...NAMES[name as Name]).map((value) => `${name}=${value}`))
}

const line = some(...METHODS, ...METHODS, ...MORE_METHODS).chain((method) =>
  fc
    .record({
      type: some('host', 'host', 'hostssl', 'hostssl', 'hostnossl', 'hostgssenc', 'local'),
      options: fc.array(
        fc.oneof(
          { weight: 20, arbitrary: option(method) },
          { weight: 1, arbitrary: some('x', '=', '=x', '"a=b"', 'map =x', ',') },
        ),
        {
          maxLength: 5,
        },
      ),
      gap: some(' ', ' ', ' ', '\t', ',', ', '),
    })
    .map(
      ({ type, options, gap }) =>
        [type, 'all all', ...(type === 'local' ? [] : ['10.0.0.0/8']), method].join(' ') +
        (options.length > 0 ? ` ${options.join(gap)}` : ''),
    ),
)

/** Compares that many lines. The file is written and read by the view; the rules in force stay. */
export async function optionDifferences(node: PostgresNode, seed: number, count: number): Promise<LineComparison> {
  // Else every line of this method is refused, whatever it says.
  if (node.binaries.major >= 18) await node.setSetting('oauth_validator_libraries', 'some')
  const lines = fc.sample(line, { seed, numRuns: count })
  const path = join(node.dataDirectory, 'pg_hba.conf')
  const before = readTextOrNull(path) ?? OWN_LINE
  writePrivateText(path, `${OWN_LINE}${lines.join('\n')}\n`, node.scratch.owner)
  try {
    const rows = await node.query<Row>(
      'select line_number as line, type, error, options from pg_catalog.pg_hba_file_rules',
    )
    const { records, problems } = parseHba(path, { read: readTextOrNull, list: () => null }, node.binaries.major)
    const ours = new Map<number | null, string>([
      ...records.map((record) => [record.line, taken(mapOf(record))] as const),
      ...problems.map(({ line, error }) => [line, error] as const),
    ])
    // A line that would need what this build lacks can't be compared.
    const judged = rows.filter(({ error }) => !/not supported by this build/.test(error ?? ''))
    const differences = judged.flatMap(({ line, type, error, options }) => {
      const map = options?.findLast((text) => text.startsWith('map='))?.slice(4) ?? null
      // Of some errors the view has no words, only the log.
      const isSilent = error === null && type === null
      if (isSilent && problems.some((problem) => problem.line === line)) return []
      const theirs = isSilent ? 'refused' : (error ?? taken(map || null))
      if (ours.get(line) === theirs) return []
      const text = lines[line - 2] ?? OWN_LINE
      return [`PostgreSQL ${node.binaries.version}: ${text}\n  model:  ${ours.get(line)}\n  server: ${theirs}`]
    })
    return { lines: judged.length, taken: judged.filter(({ type }) => type !== null).length, differences }
  } finally {
    writePrivateText(path, before, node.scratch.owner)
  }
}

interface Row {
  readonly line: number
  readonly type: string | null
  readonly error: string | null
  readonly options: readonly string[] | null
}

function taken(map: string | null): string {
  return `taken, map ${map ?? 'none'}`
}

// What a connection string and libpq's environment may ask for: one table of what is honoured, and of values that ask for
// nothing else than what happens anyway. Whatever else is asked for is an error: never silently dropped.

import { isSecretName } from '../../model/logs/secret-names.ts'
import { listText } from '../../model/values/text.ts'
import { DsnError, type DsnParameters } from './dsn-text.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The parameters that are honoured, with the environment variable that stands in for each. */
export const DSN_PARAMETERS = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  user: 'PGUSER',
  // PGPASSWORD is read when a server asks: a password in a Connection is one that was written in the dsn.
  password: null,
  passfile: 'PGPASSFILE',
  dbname: 'PGDATABASE',
  require_auth: 'PGREQUIREAUTH',
  channel_binding: 'PGCHANNELBINDING',
  sslmode: 'PGSSLMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslcertmode: 'PGSSLCERTMODE',
  sslcrl: 'PGSSLCRL',
  sslcrldir: 'PGSSLCRLDIR',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'PGSSLMAXPROTOCOLVERSION',
  application_name: 'PGAPPNAME',
  fallback_application_name: null,
  connect_timeout: 'PGCONNECT_TIMEOUT',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  options: 'PGOPTIONS',
  service: 'PGSERVICE',
  // From PostgreSQL 19 on.
  servicefile: 'PGSERVICEFILE',
} as const satisfies Record<string, string | null>

export type DsnParameterName = keyof typeof DSN_PARAMETERS
const NAMES: readonly string[] = Object.keys(DSN_PARAMETERS)

interface Unsupported {
  readonly env: string | null
  /** Values that ask for what happens anyway. */
  readonly harmlessValues: readonly string[]
  /** Further ones. */
  readonly harmlessPattern?: RegExp
}

/** Also without a value it would have to be honoured, or libpq reads it in another way than pgdeck. */
const NOTHING: Unsupported = { env: null, harmlessValues: [] }
const NUMBER: Unsupported = { env: null, harmlessValues: [], harmlessPattern: /^\s*[+-]?\d{1,9}\s*$/ }

/**
 * What can't be honoured. Hosters and primary_conninfo write the values that ask for nothing: no GSSAPI, no compression,
 * TLS with the host's name in it, hosts in their order (which is one of the random ones), the protocol that every version
 * speaks. How soon a dead connection is noticed is up to pgdeck's own limits, which are shorter.
 */
const UNSUPPORTED: Readonly<Record<string, Unsupported>> = {
  gssencmode: { env: 'PGGSSENCMODE', harmlessValues: ['disable', 'prefer'] },
  gssdelegation: { env: 'PGGSSDELEGATION', harmlessValues: ['0'] },
  // Only GSSAPI would use it; this is the name that everybody has.
  krbsrvname: { env: 'PGKRBSRVNAME', harmlessValues: ['postgres'] },
  gsslib: { env: 'PGGSSLIB', harmlessValues: [] },
  sslcompression: { env: 'PGSSLCOMPRESSION', harmlessValues: ['0'] },
  sslsni: { env: 'PGSSLSNI', harmlessValues: ['1'] },
  // That of a Unix socket's other end; who has no such socket is asked for nothing, see demandsOf.
  requirepeer: { env: 'PGREQUIREPEER', harmlessValues: [] },
  load_balance_hosts: { env: 'PGLOADBALANCEHOSTS', harmlessValues: ['disable', 'random'] },
  keepalives: NUMBER,
  keepalives_idle: NUMBER,
  keepalives_interval: NUMBER,
  keepalives_count: NUMBER,
  tcp_user_timeout: NUMBER,
  min_protocol_version: { env: 'PGMINPROTOCOLVERSION', harmlessValues: ['3.0'] },
  max_protocol_version: { env: 'PGMAXPROTOCOLVERSION', harmlessValues: ['3.0', '3.2', 'latest'] },
  replication: { env: null, harmlessValues: ['false', 'off', 'no', '0', ''] },
  sslpassword: NOTHING,
  sslkeylogfile: NOTHING,
  scram_client_key: NOTHING,
  scram_server_key: NOTHING,
  oauth_issuer: NOTHING,
  oauth_client_id: NOTHING,
  oauth_client_secret: NOTHING,
  oauth_scope: NOTHING,
  client_encoding: { env: 'PGCLIENTENCODING', harmlessValues: ['UTF8', 'utf8', 'UTF-8', 'utf-8', 'auto'] },
}

/** Throws DsnError for a parameter that can't be honoured; `where` says what holds it, e.g. `The connection string`. */
export function checkParameterNames(parameters: DsnParameters, where: string): void {
  let before = ''
  for (const [name, value] of parameters) {
    const isAfterSecret = isSecretName(before)
    before = name
    if (NAMES.includes(name)) continue
    const unsupported = Object.hasOwn(UNSUPPORTED, name) ? UNSUPPORTED[name] : undefined
    if (name === 'requirepeer' || (unsupported && isHarmless(unsupported, value))) continue
    const allowed = unsupported?.harmlessValues.filter((known) => known !== '') ?? []
    if (allowed.length > 0) {
      throw new DsnError(
        `${where} has a value of ${name} that pgdeck does not support; allowed is ${listText(allowed, 'or')}`,
      )
    }
    if (unsupported?.harmlessPattern) throw new DsnError(`${where} has a value of ${name} that is not a whole number`)
    const shown = shownName(name, unsupported !== undefined, isAfterSecret)
    throw new DsnError(`${where} has ${shown}, which pgdeck does not support; allowed are ${NAMES.join(', ')}`)
  }
}

/** A piece of a badly quoted password may stand as a name: only what can be none is repeated. */
function shownName(name: string, isKnown: boolean, isAfterSecret: boolean): string {
  if (!isKnown && isAfterSecret) return 'an unknown parameter after a password, which needs quotes if it has blanks'
  return /^[a-z][a-z_]*$/i.test(name) ? `parameter "${name}"` : 'a parameter with an impossible name'
}

function isHarmless({ harmlessValues, harmlessPattern }: Unsupported, value: string): boolean {
  return harmlessValues.includes(value) || harmlessPattern?.test(value) === true
}

/**
 * Throws DsnError for a variable of the environment that asks for what can't be honoured, unless one of `written` (the
 * string, the service) says otherwise. Values are not repeated.
 */
export function checkLibpqEnvironment(env: Environment, written: readonly DsnParameters[]): void {
  for (const [name, unsupported] of Object.entries(UNSUPPORTED)) {
    const { env: variable, harmlessValues } = unsupported
    const value = variable === null ? undefined : env[variable]
    if (value === undefined || name === 'requirepeer' || isHarmless(unsupported, value)) continue
    if (written.some((parameters) => parameters.has(name))) continue
    const allowed = harmlessValues.filter((known) => known !== '')
    const instead = allowed.length === 0 ? '' : `; allowed is ${listText(allowed, 'or')}`
    throw new DsnError(
      `${variable} of the environment has a value that pgdeck does not support${instead}: unset it for pgdeck`,
    )
  }
}

/** Throws DsnError where `requirepeer` applies, which is at Unix sockets alone: whose process is there can't be asked. */
export function checkRequirePeer(
  written: readonly DsnParameters[],
  env: Environment,
  endpoints: readonly { readonly host: string }[],
): void {
  const asked = written.find((parameters) => parameters.get('requirepeer'))
  const from = asked ? 'requirepeer' : env.PGREQUIREPEER ? 'PGREQUIREPEER of the environment' : null
  if (from === null || !endpoints.some(({ host }) => host.startsWith('/'))) return
  throw new DsnError(
    `pgdeck does not support ${from} at a Unix socket: it can't read the user of the server process; remove it`,
  )
}

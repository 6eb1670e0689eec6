// What a connection string may hold: the parameters of libpq that are honoured, and values that ask for nothing else.

import { DsnError, type WrittenParameters } from './dsn-text.ts'

/** What a connection string may hold, with the environment variable that stands in for it. */
export const PARAMETERS = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  user: 'PGUSER',
  // PGPASSWORD is read when a server asks: a password in a Connection is one that was written in the dsn.
  password: null,
  passfile: 'PGPASSFILE',
  dbname: 'PGDATABASE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  application_name: 'PGAPPNAME',
  fallback_application_name: null,
  connect_timeout: 'PGCONNECT_TIMEOUT',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  service: 'PGSERVICE',
} as const satisfies Record<string, string | null>

export type ParameterName = keyof typeof PARAMETERS
const NAMES: readonly string[] = Object.keys(PARAMETERS)

/**
 * Values that ask for what happens anyway, as hosters and primary_conninfo write them: no GSSAPI, no channel binding, no
 * compression, the usual negotiation of TLS with the host's name in it and not below 1.2, hosts in their order.
 */
const AS_IT_IS: ReadonlyMap<string, readonly string[]> = new Map([
  ['gssencmode', ['disable', 'prefer']],
  ['gssdelegation', ['0']],
  ['channel_binding', ['disable', 'prefer']],
  ['sslcompression', ['0']],
  ['sslnegotiation', ['postgres']],
  ['sslcertmode', ['allow']],
  ['sslsni', ['1']],
  ['ssl_min_protocol_version', ['TLSv1.2']],
  ['load_balance_hosts', ['disable']],
  ['client_encoding', ['UTF8', 'utf8', 'UTF-8', 'utf-8']],
])

/** Throws DsnError for a parameter that can't be honoured; `where` says what holds it, e.g. `The connection string`. */
export function checkNames(parameters: WrittenParameters, where: string): void {
  for (const [name, value] of parameters) {
    if (NAMES.includes(name)) continue
    const honoured = AS_IT_IS.get(name)
    if (honoured?.includes(value)) continue
    if (honoured) {
      throw new DsnError(`${where} has another ${name} than pgdeck can honour; allowed is ${honoured.join(' or ')}`)
    }
    // A piece of a badly quoted password may stand here: only what looks like a name is repeated.
    const shown = /^[a-z][a-z_]*$/i.test(name) ? `parameter "${name}"` : 'a parameter with an impossible name'
    throw new DsnError(`${where} has ${shown}, which pgdeck can't honour; allowed are ${NAMES.join(', ')}`)
  }
}

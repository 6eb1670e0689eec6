// The check that the files exist which a server needs for TLS: it reloads without one of them, but does not start.

import { booleanValue } from '../../model/settings/boolean-value.ts'
import { listText } from '../../model/values/text.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import { type ChangedNode, futureValue, type WantedSetting } from './changed-node.ts'

const FILES = ['ssl_cert_file', 'ssl_key_file', 'ssl_ca_file', 'ssl_crl_file'] as const

type TlsSettings = Readonly<Record<'ssl' | (typeof FILES)[number], string>>

const READ = `SELECT ${['ssl', ...FILES].map((name) => `pg_catalog.current_setting('${name}') AS ${name}`).join(', ')},
  pg_catalog.has_function_privilege('pg_catalog.pg_stat_file(pg_catalog.text, pg_catalog.bool)', 'execute') AS "mayLook"`

/** A path that is not absolute is below the data directory, for the function as for the setting. */
const MISSING = `SELECT path FROM pg_catalog.unnest($1::pg_catalog.text[]) path
  WHERE (pg_catalog.pg_stat_file(path, true)).size IS NULL`

/** Fails if TLS will be on and a file is not there. Where this role may not look, it warns. */
export function tlsFilesExist(nodes: readonly ChangedNode[], wanted: WantedSetting): PreflightCheck {
  return {
    id: 'tls-files',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      if (wanted.name !== 'ssl' && !FILES.some((name) => name === wanted.name)) return null
      const missing: string[] = []
      for (const changed of nodes) {
        const { id, name } = changed
        const [row] = await tools.sql<TlsSettings & { mayLook: boolean }>(id, { text: READ })
        const value = futureValue(changed, wanted)
        if (!row || value === null) continue
        const then: TlsSettings = { ...row, [wanted.name]: value }
        if (booleanValue(then.ssl) !== true) continue
        if (!row.mayLook)
          return {
            result: 'warn',
            message: `whether ${name} has its files for TLS is unknown: this role may not look`,
            hint: 'The server does not start without one of them.',
          }
        const values = [FILES.map((file) => then[file]).filter((path) => path !== '')]
        const rows = await tools.sql<{ path: string }>(id, { text: MISSING, values })
        missing.push(...rows.map(({ path }) => `${path} on ${name}`))
      }
      if (missing.length === 0) return { result: 'pass', message: 'the files for TLS are there', hint: null }
      return {
        result: 'fail',
        message: `${listText(missing)} is missing: the server would keep its old TLS, and not start again`,
        hint: 'Put the file there first.',
      }
    },
  }
}

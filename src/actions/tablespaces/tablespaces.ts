// The tablespaces of a server outside of its data directory, as the server itself names them.

import { clean } from '../../model/values/text.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox } from '../definition/action.ts'

export interface Tablespace {
  readonly oid: string
  readonly name: string
  /** Absolute, on the host of the server. */
  readonly location: string
  /** null: this role may not measure it. */
  readonly bytes: number | null
}

export interface ServerTablespaces {
  /** The folder in each location that holds the data of this version: `PG_18_202506291`. */
  readonly versionFolder: string
  /** null: this role may not read it. */
  readonly dataDirectory: string | null
  /** By name. */
  readonly tablespaces: readonly Tablespace[]
}

/** Those within the data directory have a relative location, and are copied with it. */
const TEXT = `SELECT pg_catalog.concat('PG_',
      pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000, '_',
      (SELECT catalog_version_no FROM pg_catalog.pg_control_system())) AS folder,
    (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory') AS data,
    spc.oid::pg_catalog.text AS oid, spc.spcname AS name, spc.location,
    (CASE WHEN pg_catalog.has_tablespace_privilege(spc.oid, 'CREATE')
        OR pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
      THEN pg_catalog.pg_tablespace_size(spc.oid) END)::pg_catalog.text AS bytes
  FROM (SELECT) AS server LEFT JOIN (
      SELECT oid, spcname, pg_catalog.pg_tablespace_location(oid) AS location
      FROM pg_catalog.pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')
    ) AS spc ON spc.location NOT LIKE 'pg_tblspc/%'
  ORDER BY spc.spcname`

interface Row {
  readonly folder: string
  readonly data: string | null
  readonly oid: string | null
  readonly name: string
  readonly location: string
  readonly bytes: string | null
}

/** Throws FaultError. */
export async function tablespacesOf(database: string, tools: ActionToolbox): Promise<ServerTablespaces> {
  const rows = await tools.sql<Row>(database, { text: TEXT, limitMs: 30_000 })
  return {
    versionFolder: rows[0]?.folder ?? '',
    dataDirectory: rows[0]?.data ?? null,
    tablespaces: rows.flatMap(({ oid, name, location, bytes }) =>
      oid === null ? [] : { oid, name, location, bytes: bytes === null ? null : Number(bytes) },
    ),
  }
}

/** Their names with their sizes: `archive (12 GB), "old data" (3 MB)`. */
export function tablespaceNames(tablespaces: readonly Tablespace[]): string {
  return tablespaces
    .map(({ name, bytes }) => `${clean(name)}${bytes === null ? '' : ` (${formatBytes(bytes)})`}`)
    .join(', ')
}

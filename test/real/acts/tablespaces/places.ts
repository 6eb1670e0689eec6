// Tablespaces with names and places that people have: blanks, quotes, other scripts, a link on the way.

import { chownSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresNode } from '../../../../src/demo/postgres/start-postgres.ts'

export interface Place {
  readonly name: string
  readonly path: string
}

/** Two folders of the servers' owner in a new folder of that name: one with an odd path, one behind a link. */
export function makePlaces({ scratch }: PostgresNode, folder: string): readonly [Place, Place] {
  const base = join(scratch.path, folder)
  const odd = join(base, 'old data "x=1", größer')
  const behind = join(base, 'disk')
  for (const path of [base, odd, behind]) {
    mkdirSync(path, { mode: 0o755 })
    if (scratch.owner) chownSync(path, scratch.owner.uid, scratch.owner.gid)
  }
  const link = join(base, 'link')
  symlinkSync(behind, link)
  return [
    { name: 'Old "data", 1', path: odd },
    { name: 'fast', path: link },
  ]
}

/** A tablespace in each place, with a table of that many rows: `in_0`, `in_1`. */
export async function createTablespaces(
  primary: PostgresNode,
  places: readonly Place[],
  rows = 1000,
): Promise<readonly string[]> {
  const oids: string[] = []
  for (const [index, { name, path }] of places.entries()) {
    const quoted = `"${name.replaceAll('"', '""')}"`
    await primary.query(`create tablespace ${quoted} location '${path}'`)
    await primary.query(`create table in_${index} tablespace ${quoted} as select generate_series(1, ${rows}) as n`)
    const found = await primary.query<{ oid: string }>('select oid::text from pg_tablespace where spcname = $1', [name])
    oids.push(found[0]?.oid ?? '')
  }
  return oids
}

/** Where the links of a data directory lead. */
export function linksIn(dataDirectory: string, oids: readonly string[]): readonly string[] {
  return oids.map((oid) => readlinkSync(join(dataDirectory, 'pg_tblspc', oid)))
}

/** The rows of the tables in the tablespaces. */
export async function rowsIn(node: PostgresNode): Promise<readonly number[]> {
  const rows = await node.query<{ n: number }>(
    'select count(*)::int as n from in_0 union all select count(*)::int from in_1',
  )
  return rows.map(({ n }) => n)
}

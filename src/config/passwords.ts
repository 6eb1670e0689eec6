// Finds passwords that are written into connection strings, without keeping or showing them.

import { parseDsnText } from './dsn-text.ts'
import { placeText } from './problems.ts'
import type { RawFile } from './schema/file.ts'

/** Whether a connection string has a password in it; one of a service file or the environment doesn't count. */
export function holdsPassword(dsn: string): boolean {
  return Boolean(parseDsnText(dsn).get('password'))
}

/** The places of the file whose connection strings hold one. */
export function passwordPlaces(file: RawFile): readonly string[] {
  return file.clusters.flatMap((cluster, index) =>
    cluster.databases.flatMap((database, position) =>
      holdsPassword(database.dsn) ? [placeText(['clusters', index, 'databases', position, 'dsn'])] : [],
    ),
  )
}

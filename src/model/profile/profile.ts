// The facts of a product that are known beforehand: its default ports and log folders.

import type { HbaRecord } from '../hba/syntax/record.ts'
import type { ProfileId } from '../measured/spec.ts'

/** Defaults of one profile. */
export interface Profile {
  /** As `profile` of a cluster in the configuration names it. */
  readonly id: ProfileId
  readonly title: string
  /** The port of its PostgreSQL if a connection string has none. */
  readonly databasePort: number
  /** The port of its web server if a url has none; null: that of the url's scheme. */
  readonly serverPort: number | null
  /**
   * True for a line of pg_hba.conf from the product's documentation: the audit accepts it although its method is weak.
   * Absent: the documentation has none.
   */
  readonly isDocumentedHbaLine?: (record: HbaRecord) => boolean
  /** Folders of logs below its install directory. */
  readonly logFolders: { readonly server: readonly string[]; readonly database: readonly string[] }
}

// What is known of a product before anything was asked: the ports that it usually has, and where its logs are.

import type { HbaRecord } from '../hba/syntax/record.ts'
import type { ProfileId } from '../measured/spec.ts'

/** Defaults of one profile. */
export interface Profile {
  /** As `profile` of a cluster in the configuration names it. */
  readonly id: ProfileId
  readonly title: string
  /** The port of its PostgreSQL, where a connection string names none. */
  readonly databasePort: number
  /** The port of its web server, where a url names none; null: what the url's scheme says. */
  readonly serverPort: number | null
  /**
   * True for a line of pg_hba.conf as the product's documentation gives it: the audit calls it good though its method is
   * weak. Absent: the documentation gives none.
   */
  readonly isDocumentedHbaLine?: (record: HbaRecord) => boolean
  /** Folders of logs below its install directory. */
  readonly logFolders: { readonly server: readonly string[]; readonly database: readonly string[] }
}

// One server of the product in the demo: its installation, its database, its process.

import type { AppServer } from '../../../demo/app-server/app-server.ts'
import type { DemoDatabase } from '../../../demo/postgres/demo-databases.ts'
import type { DemoInstallation } from './demo-installation.ts'

/** One server of the product, with what its scripts use. */
export interface InstalledServer {
  readonly installation: DemoInstallation
  readonly database: DemoDatabase
  /** Its service also runs the database; a secondary server uses that of the primary. */
  readonly runsDatabase: boolean
  readonly server: () => AppServer
}

// The hosts of a demo as a configuration has them: one for each database, and one for each server installed apart.

import type { DemoProfile, DemoServerInstallation } from './demo-profile.ts'
import type { DemoDatabase } from './postgres/demo-databases.ts'

export interface DemoHost {
  /** Name of the host. */
  readonly id: string
  readonly address: string
  /** Ids of the servers that are known to run there. */
  readonly servers: readonly string[]
  readonly dataDirectory: string | null
  readonly binDirectory: string | null
  readonly start: readonly string[] | null
  readonly stop: readonly string[] | null
  readonly installDirectory: string | null
  readonly logs: readonly string[]
}

/** Without a product: one for each database, without commands. */
export function demoHosts(stations: readonly DemoDatabase[], demoProfile: DemoProfile | null): readonly DemoHost[] {
  const installations = demoProfile?.installations() ?? []
  const ofDatabases = stations.map((station): DemoHost => {
    const { id, node } = station
    const installation = installations.find((each) => each.runsDatabase && each.database === station)
    const installed = installation ? installedAt(installation) : NOT_INSTALLED
    return {
      id,
      address: node.host,
      ...installed,
      dataDirectory: node.dataDirectory,
      binDirectory: node.binaries.bin,
      logs: [...installed.logs, node.logFile],
    }
  })
  const apart = installations.filter(({ runsDatabase }) => !runsDatabase)
  return [
    ...ofDatabases,
    ...apart.map((installation): DemoHost => {
      const { server: id, database } = installation
      return { id, address: database.node.host, dataDirectory: null, binDirectory: null, ...installedAt(installation) }
    }),
  ]
}

type Installed = Pick<DemoHost, 'servers' | 'start' | 'stop' | 'installDirectory' | 'logs'>

const NOT_INSTALLED: Installed = { servers: [], start: null, stop: null, installDirectory: null, logs: [] }

function installedAt({ server, start, stop, installDirectory, logs }: DemoServerInstallation): Installed {
  return { servers: [server], start, stop, installDirectory, logs }
}

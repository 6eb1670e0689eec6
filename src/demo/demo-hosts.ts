// The hosts of a demo as a configuration has them: one for each database, and one for each server installed apart.

import { join } from 'node:path'
import type { DemoInstallation } from '../profiles/manageengine/demo/demo-installation.ts'
import type { DemoProfile } from '../profiles/manageengine/demo/demo-profile.ts'
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
export function demoHosts(stations: readonly DemoDatabase[], product: DemoProfile | null): readonly DemoHost[] {
  const branches = product?.branches() ?? []
  const ofDatabases = stations.map((station): DemoHost => {
    const { id, node } = station
    const branch = branches.find((each) => each.runsDatabase && each.database === station)
    const installed = branch ? installedAt(branch.installation) : NOT_INSTALLED
    return {
      id,
      address: node.host,
      ...installed,
      dataDirectory: node.dataDirectory,
      binDirectory: node.binaries.bin,
      logs: [...installed.logs, node.logFile],
    }
  })
  const apart = branches.filter(({ runsDatabase }) => !runsDatabase)
  return [
    ...ofDatabases,
    ...apart.map(({ installation, database }): DemoHost => {
      const { server: id } = installation
      return { id, address: database.node.host, dataDirectory: null, binDirectory: null, ...installedAt(installation) }
    }),
  ]
}

type Installed = Pick<DemoHost, 'servers' | 'start' | 'stop' | 'installDirectory' | 'logs'>

const NOT_INSTALLED: Installed = { servers: [], start: null, stop: null, installDirectory: null, logs: [] }

function installedAt({ server, folder }: DemoInstallation): Installed {
  const service = join(folder, 'bin', 'service.sh')
  return {
    servers: [server],
    start: [service, 'start'],
    stop: [service, 'stop'],
    installDirectory: folder,
    logs: [join(folder, 'logs')],
  }
}

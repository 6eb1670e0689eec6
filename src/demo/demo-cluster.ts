// What a demo consists of while it runs, and the parts its deployment model asks for.

import { freePort, isPortFree } from '../io/network/free-port.ts'
import type { ModelId, ServerType } from '../model/measured/spec.ts'
import { type AppServer, type AppServerOptions, type AppServerPeer, createAppServer } from './app-server/app-server.ts'
import { auditFileOf } from './app-server/audit-file.ts'
import type { DemoLife } from './life/life.ts'
import type { DemoDatabase } from './postgres/demo-databases.ts'

/** Everything that the faults of a demo can reach. */
export interface DemoCluster {
  readonly model: ModelId
  readonly databases: readonly DemoDatabase[]
  readonly servers: readonly AppServer[]
  /** The applications that use the databases; null: none. */
  readonly life: DemoLife | null
}

interface Part {
  readonly id: string
  readonly type: ServerType
  /** Which of the stations it uses. */
  readonly database: 'db-1' | 'db-2' | 'db-ro'
  readonly connections: number
}

interface Plan {
  readonly mirrored: boolean
  /** Replicas that belong to the model: `size` counts from there. */
  readonly replicas: 0 | 1
  readonly servers: readonly Part[]
}

const PRIMARY: Part = { id: 'pmp-a', type: 'primary', database: 'db-1', connections: 4 }
const SECONDARY: Part = { id: 'pmp-b', type: 'secondary', database: 'db-1', connections: 3 }
const MIRRORED: Part = { ...SECONDARY, database: 'db-2' }
const READ_ONLY: Part = { id: 'pmp-ro', type: 'read-only', database: 'db-ro', connections: 2 }

/** What each deployment model consists of. */
export const DEMO_MODELS: Readonly<Record<ModelId, Plan>> = {
  'shared-database-with-read-only': { mirrored: false, replicas: 1, servers: [PRIMARY, SECONDARY, READ_ONLY] },
  'primary-with-read-only': { mirrored: false, replicas: 1, servers: [PRIMARY, READ_ONLY] },
  'shared-database': { mirrored: false, replicas: 0, servers: [PRIMARY, SECONDARY] },
  mirrored: { mirrored: true, replicas: 0, servers: [PRIMARY, MIRRORED] },
  databases: { mirrored: false, replicas: 1, servers: [] },
}

/** True if the demo of this model and size has a standby that can be promoted. */
export function hasStandby(model: ModelId, size: number): boolean {
  const { mirrored, replicas } = DEMO_MODELS[model]
  return !mirrored && size - 1 + replicas > 0
}

/** The model's application servers on free ports (or from `firstPort` on), started and each aware of the others. */
export async function startAppServers(
  model: ModelId,
  stations: readonly DemoDatabase[],
  firstPort: number | null,
  onProgress: (step: string) => void,
  make: (options: AppServerOptions, peers: () => readonly AppServerPeer[]) => AppServer = createAppServer,
): Promise<readonly AppServer[]> {
  const servers: AppServer[] = []
  for (const [index, part] of DEMO_MODELS[model].servers.entries()) {
    const { id, type, database, connections } = part
    const station = stations.find((candidate) => candidate.id === database)
    if (!station) throw new Error(`the demo's server ${id} has no database ${database}`)
    const port = firstPort === null ? await freePort() : firstPort + index
    if (!(await isPortFree(port))) throw new Error(`port ${port} of 127.0.0.1 is taken: choose another one`)
    const place = { port: station.node.port, password: station.node.password }
    const auditFile = auditFileOf(id, station.node.dataDirectory)
    const own = { id, type, port, databaseId: database, database: place, connections, auditFile }
    servers.push(make(own, () => servers.filter((peer) => peer.id !== id)))
  }
  for (const server of servers) {
    onProgress(`starting ${server.id}`)
    await server.start()
  }
  // Twice: a read-only server can see the others only after they have seen their databases.
  for (let round = 0; round < 2; round++) await Promise.all(servers.map((server) => server.look()))
  return servers
}

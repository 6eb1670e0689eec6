// The program that stands for a fleet of databases: one port each, all in this process, so that what watches them can be
// measured apart. Tells its ports to its parent, and hangs or wakes one node when told to.

import { simulatedCluster } from './cluster.ts'
import { simulatedServer } from './wire.ts'

export interface ServerReport {
  /** Ports by cluster, the primary first. */
  readonly ports: readonly (readonly number[])[]
}

export interface ServerOrder {
  readonly cluster: number
  readonly node: number
  readonly hung: boolean
}

const [clusters = 50, size = 10] = process.argv.slice(2).map(Number)
const fleet = Array.from({ length: clusters }, (_, index) => simulatedCluster(index, size))

await Promise.all(
  fleet.flat().map(
    (node) =>
      new Promise<void>((resolve) => {
        const server = simulatedServer(node)
        server.listen({ host: '127.0.0.1', port: 0, backlog: 64 }, () => {
          const address = server.address()
          if (address !== null && typeof address === 'object') node.port = address.port
          resolve()
        })
      }),
  ),
)

process.on('message', ({ cluster, node, hung }: ServerOrder) => {
  const told = fleet[cluster]?.[node]
  if (told) told.hung = hung
})
// The parent is gone, however it ended.
process.on('disconnect', () => process.exit())
process.send?.({ ports: fleet.map((nodes) => nodes.map(({ port }) => port)) } satisfies ServerReport)

// A way to a server that takes as long as one across a country: a TCP proxy on loopback that holds everything back, and
// counts what crosses it.

import { createServer, connect as open, type Server, type Socket } from 'node:net'
import type { PostgresNode } from '../src/demo/postgres/start-postgres.ts'

export interface Delay {
  readonly port: number
  /** Since it was opened: how often a client that had heard an answer spoke again, and how many connections were made. */
  counted(): { readonly roundTrips: number; readonly connections: number }
  close(): Promise<void>
}

/** Opens a way to a node, `roundTripMs` long; connecting takes a round trip too, as it does on a network. */
export async function delay(node: PostgresNode, roundTripMs: number): Promise<Delay> {
  let roundTrips = 0
  let connections = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer({ noDelay: true }, (client) => {
    connections += 1
    const upstream = open({ host: node.host, port: node.port, noDelay: true })
    let isAsking = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    const opened = performance.now()
    client.on('data', (data) => {
      if (!isAsking) roundTrips += 1
      isAsking = true
      const connecting = Math.max(0, opened + roundTripMs - performance.now())
      setTimeout(() => upstream.writable && upstream.write(data), connecting + roundTripMs / 2)
    })
    upstream.on('data', (data) => {
      isAsking = false
      setTimeout(() => client.writable && client.write(data), roundTripMs / 2)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    counted: () => ({ roundTrips, connections }),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

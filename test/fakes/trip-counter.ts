// A proxy in front of a server on loopback that counts round trips: what a client sends within a moment is one of them.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { freePort } from '../../src/io/network/free-port.ts'

/** Longer than a client takes to send what belongs together. */
const MOMENT_MS = 60

export interface TripCounter {
  readonly port: number
  /** Of all connections, since the last call. */
  take(): number
  close(): Promise<void>
}

/** Opens one in front of a port of 127.0.0.1. Close it when the test is over. */
export async function openTripCounter(farPort: number): Promise<TripCounter> {
  let trips = 0
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: farPort, host: '127.0.0.1', noDelay: true })
    let held: Buffer[] = []
    near.on('data', (bytes) => {
      held.push(bytes)
      if (held.length > 1) return
      setTimeout(() => {
        trips++
        far.write(Buffer.concat(held))
        held = []
      }, MOMENT_MS)
    })
    far.pipe(near)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
  })
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port,
    take() {
      const counted = trips
      trips = 0
      return counted
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

// A proxy in front of a server on loopback that counts round trips: what a client sends within a moment is one of them, and
// what it sends before the server has answered belongs to it.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
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
    let isUnanswered = false
    near.on('data', async (bytes) => {
      held.push(bytes)
      if (held.length > 1) return
      await pause(MOMENT_MS)
      // On a busy machine the moment is over before what was sent in it is read.
      for (let turns = 0; turns < 3; turns++) await nextTurn()
      if (!isUnanswered) trips++
      isUnanswered = true
      far.write(Buffer.concat(held))
      held = []
    })
    far.on('data', () => {
      isUnanswered = false
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

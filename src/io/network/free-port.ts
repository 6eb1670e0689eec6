// Free TCP ports on loopback, below the system's range for outgoing connections.

import { createServer } from 'node:net'

const FIRST = 20_000
const COUNT = 12_000
const given = new Set<number>()

/**
 * Returns a port on which nothing listens. This process never returns it twice, nor (on Linux) does another one while
 * this one runs: it stays free while a server is down.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (given.has(port)) continue
    given.add(port)
    if ((await isClaimed(port)) && (await isPortFree(port))) return port
  }
  throw new Error(`no free TCP port found on 127.0.0.1 between ${FIRST} and ${FIRST + COUNT}`)
}

/**
 * A socket name in the kernel marks the port as taken for other processes, and disappears with this one. False if
 * another process has it.
 */
function isClaimed(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(true)
  return new Promise((resolve) => {
    const claim = createServer((socket) => void socket.destroy())
    claim.once('error', () => resolve(false))
    claim.listen({ path: `\0pgdeck-port-${port}` }, () => resolve(true))
    claim.unref()
  })
}

/** True if a listener could be opened on that port of 127.0.0.1. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

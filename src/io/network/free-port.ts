// Free TCP ports on loopback, from below the range that the system gives to outgoing connections.

import { createServer } from 'node:net'

const FIRST = 20_000
const COUNT = 12_000
const given = new Set<number>()

/**
 * A port on which nothing listens, never given twice by this process, nor (on Linux) by another while this one runs: it
 * stays free while a server is down. Below the ephemeral range.
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

/** A name in the kernel tells other processes that the port is ours, and goes with us. False when it is theirs. */
function isClaimed(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(true)
  return new Promise((resolve) => {
    const claim = createServer((socket) => void socket.destroy())
    claim.once('error', () => resolve(false))
    claim.listen({ path: `\0pgdeck-port-${port}` }, () => resolve(true))
    claim.unref()
  })
}

/** True when a listener could be opened on the port of 127.0.0.1. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

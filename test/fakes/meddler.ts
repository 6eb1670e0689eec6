// Stands between a client and a server and changes one thing of the protocol, as poolers do.

import { connect, createServer, type Socket } from 'node:net'
import { freePort } from '../../src/io/network/free-port.ts'

export type Meddling = 'another-process' | 'no-process' | 'no-options' | 'refuses-options' | 'older-server'

export interface Meddler {
  readonly port: number
  close(): Promise<void>
}

/** Opens one before a port of 127.0.0.1. It offers no TLS. */
export async function openMeddler(farPort: number, meddling: Meddling): Promise<Meddler> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(farPort, '127.0.0.1')
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    fromClient(near, far, meddling)
    fromServer(far, near, meddling)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const SSL_REQUEST = 80_877_103

/** Each first packet comes whole on loopback: it is small, and written at once. */
function fromClient(near: Socket, far: Socket, meddling: Meddling): void {
  let begun = false
  near.on('data', (data: Buffer) => {
    if (begun) return void far.write(data)
    if (data.readInt32BE(4) === SSL_REQUEST) return void near.write('N')
    begun = true
    if (meddling === 'refuses-options' && data.includes('\0options\0'))
      return void near.end(refusal('08P01', 'unsupported startup parameter: options'))
    if (meddling === 'older-server' && data.includes('idle_session_timeout'))
      return void near.end(refusal('42704', 'unrecognized configuration parameter "idle_session_timeout"'))
    far.write(meddling === 'no-options' ? withoutOptions(data) : data)
  })
}

function refusal(code: string, message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function withoutOptions(startup: Buffer): Buffer {
  const words = startup.toString('latin1', 8).split('\0')
  const at = words.indexOf('options')
  if (at >= 0) words.splice(at, 2)
  const body = Buffer.from(words.join('\0'), 'latin1')
  const head = Buffer.from(startup.subarray(0, 8))
  head.writeInt32BE(body.length + 8, 0)
  return Buffer.concat([head, body])
}

/** Messages are taken apart until the key of the process has passed. */
function fromServer(far: Socket, near: Socket, meddling: Meddling): void {
  let rest: Buffer = Buffer.alloc(0)
  let passed = false
  far.on('data', (data: Buffer) => {
    if (passed) return void near.write(data)
    rest = Buffer.concat([rest, data])
    while (!passed && rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const message = rest.subarray(0, rest.readInt32BE(1) + 1)
      rest = rest.subarray(message.length)
      passed = message[0] === 'K'.charCodeAt(0)
      if (passed && meddling === 'no-process') continue
      if (passed && meddling === 'another-process') message.writeInt32BE(message.readInt32BE(5) + 1, 5)
      near.write(message)
    }
    if (passed && rest.length > 0) near.write(rest)
  })
}

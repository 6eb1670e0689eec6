// A TCP proxy on loopback that does to connections what networks do: holds, delays, resets, forgets, trickles.

import { EventEmitter, once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../src/io/network/free-port.ts'

/**
 * `black-hole`: connections come about, and no byte goes through in either direction until it clears up.
 * `reset`: every connection is reset, the ones there are and new ones as soon as they come.
 * `refused`: nothing listens, and connections are reset.
 * `half-open`: the far ends of the connections are gone and nobody told the near ones; new connections work.
 * `drip`: one byte at a time, each a packet of its own.
 */
export type NetworkCondition =
  | { readonly kind: 'clear' | 'black-hole' | 'reset' | 'refused' | 'half-open' | 'drip' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }

export const UNDISTURBED: NetworkCondition = { kind: 'clear' }

export interface TcpProxy {
  readonly port: number
  /** Resolves when it is so for connections that are there and for new ones; once it is closed, it changes nothing. */
  become(weather: NetworkCondition): Promise<void>
  /** How many connections it holds now. */
  connections(): number
  close(): Promise<void>
}

const SLICE_MS = 20

/** A port of 127.0.0.1, or a function that names one for each new connection, as a balancer or a moving address does. */
export type FarPort = number | (() => number)

/** Opens one in front of a port of 127.0.0.1. Close it when the test is over. */
export async function openProxy(farPort: FarPort): Promise<TcpProxy> {
  const proxy = new Listener(farPort, await freePort())
  await proxy.listen()
  return proxy
}

class Listener implements TcpProxy {
  readonly port: number
  readonly #farPort: FarPort
  readonly #pairs = new Set<Pair>()
  readonly #changes = new EventEmitter().setMaxListeners(0)
  #weather: NetworkCondition = UNDISTURBED
  #server: Server | null = null
  #isClosed = false

  constructor(farPort: FarPort, port: number) {
    this.#farPort = farPort
    this.port = port
  }

  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#take(near))
    server.listen(this.port, '127.0.0.1')
    await once(server, 'listening')
    this.#server = server
    // Closed while it was about to listen: nobody would end it any more.
    if (this.#isClosed) await this.#stopListening()
  }

  async become(weather: NetworkCondition): Promise<void> {
    // A test that ran out of time may still be mending what it did.
    if (this.#isClosed) return
    this.#weather = weather
    if (weather.kind === 'reset' || weather.kind === 'refused') for (const pair of this.#pairs) pair.reset()
    if (weather.kind === 'half-open') for (const pair of this.#pairs) pair.forget()
    this.#changes.emit('change')
    if (weather.kind === 'refused') await this.#stopListening()
    else if (!this.#server) await this.listen()
  }

  connections(): number {
    return this.#pairs.size
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#weather = { kind: 'reset' }
    for (const pair of this.#pairs) pair.reset()
    this.#changes.emit('change')
    await this.#stopListening()
  }

  #take(near: Socket): void {
    if (this.#weather.kind === 'reset') return void near.resetAndDestroy()
    const weather = () => this.#weather
    const changed = () => once(this.#changes, 'change').then(() => {})
    const port = typeof this.#farPort === 'number' ? this.#farPort : this.#farPort()
    const pair = new Pair(near, connect({ port, host: '127.0.0.1', noDelay: true }), {
      weather,
      changed,
    })
    this.#pairs.add(pair)
    near.once('close', () => this.#pairs.delete(pair))
  }

  async #stopListening(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server) await new Promise((resolve) => server.close(resolve))
  }
}

interface Sky {
  readonly weather: () => NetworkCondition
  readonly changed: () => Promise<void>
}

/** The two ends of one connection. */
class Pair {
  readonly #near: Socket
  readonly #far: Socket

  constructor(near: Socket, far: Socket, sky: Sky) {
    this.#near = near
    this.#far = far
    for (const socket of [near, far]) socket.on('error', () => {})
    void carry(near, far, sky)
    void carry(far, near, sky)
    near.once('close', () => far.destroy())
    // A far end that refuses or breaks is passed on; one that we gave up ourselves is not.
    far.once('error', () => near.resetAndDestroy())
  }

  reset(): void {
    this.#near.resetAndDestroy()
  }

  forget(): void {
    this.#near.resume()
    this.#far.removeAllListeners('error').on('error', () => {})
    this.#far.resetAndDestroy()
  }
}

/** Carries one direction, byte order kept, as the weather has it at each piece. Ends with either socket. */
async function carry(from: Socket, to: Socket, sky: Sky): Promise<void> {
  try {
    for await (const piece of from.iterator({ destroyOnReturn: false })) await pass(piece as Buffer, to, sky)
    await whileHeld(to, sky)
    if (!from.destroyed || from.readableEnded) to.end()
  } catch {
    // Broken at one end: the pair takes care of the other.
  }
}

async function pass(piece: Buffer, to: Socket, sky: Sky): Promise<void> {
  let rest = piece
  while (rest.length > 0 && !to.destroyed) {
    await whileHeld(to, sky)
    const weather = sky.weather()
    if (weather.kind === 'delay') await pause(weather.ms)
    const count =
      weather.kind === 'drip' ? 1 : weather.kind === 'throttle' ? share(weather.bytesPerSecond) : rest.length
    const isFull = !to.destroyed && !to.write(rest.subarray(0, count))
    rest = rest.subarray(count)
    if (weather.kind === 'drip') await nextTurn()
    if (weather.kind === 'throttle') await pause(SLICE_MS)
    if (isFull && to.writableNeedDrain) await Promise.race([once(to, 'drain'), once(to, 'close')])
  }
}

async function whileHeld(to: Socket, sky: Sky): Promise<void> {
  while (sky.weather().kind === 'black-hole' && !to.destroyed) await Promise.race([sky.changed(), once(to, 'close')])
}

function share(bytesPerSecond: number): number {
  return Math.max(1, Math.round((bytesPerSecond * SLICE_MS) / 1000))
}

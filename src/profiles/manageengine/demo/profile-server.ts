// An application server whose type is that of its files at its start. Port and name stay the same.

import {
  type AppServer,
  type AppServerOptions,
  type AppServerPeer,
  createAppServer,
} from '../../../demo/app-server/app-server.ts'
import type { ServerType } from '../../../model/measured/spec.ts'

/** Creates it without starting it. Each start calls `typeNow`. */
export function createProfileServer(
  options: AppServerOptions,
  typeNow: () => ServerType,
  peers: () => readonly AppServerPeer[],
): AppServer {
  return new ProfileServer(options, typeNow, peers)
}

class ProfileServer implements AppServer {
  readonly id: string
  readonly port: number
  readonly url: string
  readonly databaseId: string
  readonly #options: AppServerOptions
  readonly #typeNow: () => ServerType
  readonly #peers: () => readonly AppServerPeer[]
  #server: AppServer

  constructor(options: AppServerOptions, typeNow: () => ServerType, peers: () => readonly AppServerPeer[]) {
    this.#options = options
    this.#typeNow = typeNow
    this.#peers = peers
    this.#server = createAppServer(options, peers)
    this.id = options.id
    this.port = options.port
    this.url = this.#server.url
    this.databaseId = options.databaseId
  }

  /** As configured: the watcher's configuration does not change when a server's type does. */
  get type(): ServerType {
    return this.#options.type
  }

  async start(): Promise<void> {
    if (this.#server.isRunning()) return
    this.#server = createAppServer({ ...this.#options, type: this.#typeNow() }, this.#peers)
    await this.#server.start()
    await this.#server.look()
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }

  freeze(): void {
    this.#server.freeze()
  }

  thaw(): void {
    this.#server.thaw()
  }

  isRunning(): boolean {
    return this.#server.isRunning()
  }

  isFrozen(): boolean {
    return this.#server.isFrozen()
  }

  look(): Promise<void> {
    return this.#server.look()
  }
}

// What a profile adds to the demo: an installation of its product around each server, as its vendor would make it.

import type { ProfileId } from '../model/measured/spec.ts'
import type { AppServer, AppServerOptions, AppServerPeer } from './app-server/app-server.ts'
import type { DemoDatabase } from './postgres/demo-databases.ts'

/** The product of a demo, for as long as that runs. */
export interface DemoProfile {
  readonly profile: ProfileId
  /** Makes a server that is what its files say, with its installation. */
  makeServer(options: AppServerOptions, peers: () => readonly AppServerPeer[]): AppServer
  /** Of each server that was made, in order. */
  installations(): readonly DemoServerInstallation[]
  /** The databases read the files of their installations from now on. */
  equip(): Promise<void>
  close(): Promise<void>
}

/** Where a server is installed, as the entry of its host in the configuration says. */
export interface DemoServerInstallation {
  readonly server: string
  readonly database: DemoDatabase
  /** Its service runs the database too; else it uses the one of another server. */
  readonly runsDatabase: boolean
  readonly start: readonly string[]
  readonly stop: readonly string[]
  readonly installDirectory: string
  readonly logs: readonly string[]
}

/** How the product of one profile, or of several, is installed around the databases of a demo. */
export interface DemoProfileInstaller {
  readonly profiles: readonly ProfileId[]
  open(profile: ProfileId, stations: readonly DemoDatabase[]): Promise<DemoProfile>
}

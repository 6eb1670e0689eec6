// The demo: a real cluster with application servers and users on loopback, the faults it can make, and its healing.

import type { Config } from '../config/config.ts'
import { type ModelId, PLAIN_PROFILE, type ProfileId } from '../model/measured/spec.ts'
import type { DemoFault } from '../state/controller.ts'
import type { IntervalTask } from './app-server/interval-task.ts'
import { DEMO_MODELS, type DemoCluster, startAppServers } from './demo-cluster.ts'
import { demoConfig, demoConfigText } from './demo-config.ts'
import type { DemoProfile, DemoProfileInstaller } from './demo-profile.ts'
import { demoFaults } from './faults.ts'
import { type DemoLife, startLife } from './life/life.ts'
import { APPLICATION_TABLES, prepareForApplications } from './life/life-database.ts'
import { startLoad } from './load.ts'
import { findServerBinaries } from './postgres/binaries.ts'
import { startDemoDatabases } from './postgres/demo-databases.ts'
import { seededRandom } from './random.ts'
import { startDemoUsers } from './users.ts'

export interface DemoOptions {
  readonly model: ModelId
  /** Number of replicas; from 2 on the second one is a cascade. A model without replicas has one less, so that 1 means none. */
  readonly size: number
  /** Ends by itself after so many seconds. */
  readonly seconds?: number | undefined
  /** PostgreSQL major; default: the first that is found. */
  readonly major?: number | undefined
  /** First port of the databases and of the servers, the others follow; default: free ones. */
  readonly databasePort?: number | undefined
  readonly serverPort?: number | undefined
  /** Makes the users behave differently. */
  readonly seed?: number | undefined
  /** Applications that use the databases, with a batch, long reports and pile-ups of locks; default: none. */
  readonly lively?: boolean | undefined
  /** A product around the databases, installed as its vendor does; default: none. */
  readonly profile?: ProfileId | undefined
  /** Who can install the product of a profile; src/profiles/demo.ts has them all. Needed where `profile` names one. */
  readonly installers?: readonly DemoProfileInstaller[]
}

export interface Demo {
  /** How to watch it; holds the monitoring role's password. */
  readonly config: Config
  /** The healing is the last one. */
  readonly faults: readonly DemoFault[]
  /** Where its files are; gone with it, whatever ends it. */
  readonly folder: string
  /** The text of a configuration file that watches this demo; holds the password. */
  describe(): string
  /** Ends everything and removes its files. May be called again. */
  stop(): Promise<void>
  /** Fulfils once it has been stopped. */
  readonly ended: Promise<void>
}

const USERS = 46
const AT_SECOND_DOOR = 0.15
const ORIGIN_NONE_FROM_MAJOR = 16

/** Starts the demo in a few seconds. Throws an Error that says what is missing; then nothing is left behind. */
export async function startDemo(options: DemoOptions, onProgress: (step: string) => void): Promise<Demo> {
  const plan = DEMO_MODELS[options.model]
  onProgress('looking for PostgreSQL')
  const binaries = findServerBinaries(options.major === undefined ? {} : { major: options.major })
  if (plan.mirrored && binaries.major < ORIGIN_NONE_FROM_MAJOR) {
    throw new Error(`The model mirrored needs PostgreSQL 16 or newer; found ${binaries.version} in ${binaries.bin}`)
  }
  const { profile = PLAIN_PROFILE } = options
  const installer = options.installers?.find(({ profiles }) => profiles.includes(profile))
  if (profile !== PLAIN_PROFILE && (!installer || plan.servers.length === 0))
    throw new Error(`The profile ${profile} has no stand-in for the model ${options.model}`)
  const { folder, stations } = await startDemoDatabases({
    binaries,
    mirrored: plan.mirrored,
    replicas: Math.max(plan.replicas, options.size - 1 + plan.replicas),
    firstPort: options.databasePort ?? null,
    onProgress,
    ...(options.lively ? { users: { prepare: prepareForApplications, tables: APPLICATION_TABLES } } : {}),
  })
  const site: { -readonly [Key in keyof DemoCluster]: DemoCluster[Key] } = {
    model: options.model,
    databases: stations,
    servers: [],
    life: null,
  }
  const routines: IntervalTask[] = []
  const demoProfile = (await installer?.open(profile, stations)) ?? null
  const stop = stopping(site, routines, demoProfile)
  try {
    site.servers = await startAppServers(
      options.model,
      stations,
      options.serverPort ?? null,
      onProgress,
      demoProfile?.makeServer,
    )
    if (demoProfile) onProgress('giving each database the files of its installation')
    await demoProfile?.equip()
    routines.push(...(await startUse(site, options.seed ?? 1, onProgress)))
    if (options.lively) {
      site.life = livelyUse(site, demoProfile, options.seed ?? 1)
      routines.push(site.life)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { ...opened(site, demoProfile, stop, options.seconds), folder }
}

async function startUse(
  site: DemoCluster,
  seed: number,
  onProgress: (step: string) => void,
): Promise<readonly IntervalTask[]> {
  const random = seededRandom(seed)
  const [primary] = site.databases
  const routines = primary ? [startLoad(primary.node, random)] : []
  if (site.servers.length === 0) return routines
  onProgress('opening the servers to users')
  const atSecondDoor = DEMO_MODELS[site.model].mirrored ? 0 : AT_SECOND_DOOR
  return [...routines, await startDemoUsers({ servers: site.servers, size: USERS, atSecondDoor, random })]
}

/** A product's database is left alone by its applications after another one was promoted: its procedures say who may write. */
function livelyUse({ databases }: DemoCluster, demoProfile: DemoProfile | null, seed: number): DemoLife {
  return startLife({
    writable: demoProfile ? databases.slice(0, 1) : databases,
    standby: databases.find(({ upstream }) => upstream !== null) ?? null,
    random: seededRandom(seed + 1),
  })
}

/** Users first, so that nothing runs into what is being taken away. */
function stopping(
  site: DemoCluster,
  routines: readonly IntervalTask[],
  demoProfile: DemoProfile | null,
): () => Promise<void> {
  let stopped: Promise<void> | null = null
  return () => {
    stopped ??= (async () => {
      const scratches = new Set(site.databases.map((station) => station.node.scratch))
      await Promise.all(routines.map((routine) => routine.stop()))
      await demoProfile?.close()
      await Promise.all(site.servers.map((server) => server.stop()))
      await Promise.all([...scratches].map((scratch) => scratch.close()))
    })()
    return stopped
  }
}

function opened(
  site: DemoCluster,
  demoProfile: DemoProfile | null,
  stop: () => Promise<void>,
  seconds: number | undefined,
): Omit<Demo, 'folder'> {
  let tell = () => {}
  const ended = new Promise<void>((resolve) => {
    tell = resolve
  })
  const end = () => stop().finally(tell)
  const timer = seconds === undefined ? null : setTimeout(end, seconds * 1000)
  return {
    config: demoConfig(site.model, site.databases, site.servers, demoProfile),
    faults: demoFaults(site),
    describe: () => demoConfigText(site.model, site.databases, site.servers, demoProfile),
    stop: () => {
      if (timer) clearTimeout(timer)
      return end()
    },
    ended,
  }
}

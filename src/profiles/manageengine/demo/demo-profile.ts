// The product in the demo: an installation for each server, connected to the demo's databases and servers.

import { join } from 'node:path'
import type { DemoProfile, DemoProfileInstaller, DemoServerInstallation } from '../../../demo/demo-profile.ts'
import type { DemoDatabase } from '../../../demo/postgres/demo-databases.ts'
import { openScriptListener, type ScriptListener } from '../../../demo/scripts/script-listener.ts'
import type { ProfileId } from '../../../model/measured/spec.ts'
import { MANAGEENGINE_PROFILES } from '../facts.ts'
import {
  type DemoInstallation,
  extConfPath,
  linkInstalledDatabase,
  makeInstallation,
  type ScriptName,
  typeFromFiles,
  writeExtConf,
  writeInstalledConfig,
} from './demo-installation.ts'
import { exchangeAgain } from './ha-pack.ts'
import type { InstalledServer } from './installed-server.ts'
import { createProfileServer } from './profile-server.ts'
import { READ_ONLY_SERVERS_TABLE, SCRIPT_COMMANDS } from './script-commands.ts'

export const manageEngineDemo: DemoProfileInstaller = { profiles: MANAGEENGINE_PROFILES, open }

async function open(profile: ProfileId, stations: readonly DemoDatabase[]): Promise<DemoProfile> {
  const branches = new Map<string, InstalledServer>()
  const bell: ScriptListener = await openScriptListener(async (server, verb, words) => {
    const branch = branches.get(server)
    if (!branch || !Object.hasOwn(SCRIPT_COMMANDS, verb)) throw new Error(`${server} has no script ${verb}`)
    return SCRIPT_COMMANDS[verb as ScriptName](branch, words, {
      pair: pairOf(branches),
      readOnly: readOnlyOf(branches),
    })
  })
  return {
    profile,
    installations: () => [...branches.values()].map(installationOf),
    makeServer(options, peers) {
      const station = stations.find(({ id }) => id === options.databaseId)
      if (!station) throw new Error(`${options.id} has no database`)
      const { scratch, dataDirectory, binaries } = station.node
      const install: DemoInstallation = {
        server: options.id,
        folder: join(scratch.path, options.id),
        owner: scratch.owner,
      }
      // A secondary server uses the database of the primary, except in the mirrored model.
      const runsDatabase = ![...branches.values()].some(({ database }) => database === station)
      makeInstallation(install, bell)
      writeInstalledConfig(install, options.type, options.port)
      writeExtConf(install, {})
      if (runsDatabase) linkInstalledDatabase(install, dataDirectory, binaries.bin)
      const server = createProfileServer(options, () => typeFromFiles(install), peers)
      branches.set(options.id, { installation: install, database: station, runsDatabase, server: () => server })
      return server
    },
    async equip() {
      for (const branch of branches.values()) {
        if (!branch.runsDatabase) continue
        await equip(branch)
        branch.database.equip = () => equip(branch)
      }
      for (const branch of pairOf(branches)) branch.database.rejoin = () => exchangeAgain(branch, pairOf(branches))
    },
    close: () => bell.close(),
  }
}

/** The servers of the mirrored model: two of which each runs a database of its own that takes writes. */
function pairOf(branches: ReadonlyMap<string, InstalledServer>): readonly InstalledServer[] {
  const own = [...branches.values()].filter(({ runsDatabase, database }) => runsDatabase && database.upstream === null)
  return own.length === 2 ? own : []
}

function readOnlyOf(branches: ReadonlyMap<string, InstalledServer>): readonly InstalledServer[] {
  return [...branches.values()].filter(({ database }) => database.upstream !== null)
}

function installationOf({ installation, database, runsDatabase }: InstalledServer): DemoServerInstallation {
  const { server, folder } = installation
  const service = join(folder, 'bin', 'service.sh')
  return {
    server,
    database,
    runsDatabase,
    start: [service, 'start'],
    stop: [service, 'stop'],
    installDirectory: folder,
    logs: [join(folder, 'logs')],
  }
}

/** Moves the recovery settings of a standby to the product's file, and restores the server's first type. */
async function equip({ installation, database, server }: InstalledServer): Promise<void> {
  const { node, slot, upstream } = database
  if (upstream === null) {
    await node.setSetting('include_if_exists', extConfPath(installation))
    const [table] = await node.query<{ there: boolean }>(
      "select pg_catalog.to_regclass('ro_servers') is not null as there",
    )
    if (table?.there === false) await node.query(`${READ_ONLY_SERVERS_TABLE}; grant select on ro_servers to pgdeck`)
    return
  }
  await upstream.node.query(
    'insert into ro_servers values ($1, $2) on conflict (ip) do update set slot = excluded.slot',
    [node.host, slot],
  )
  const [row] = await node.query<{ conninfo: string }>(
    "select pg_catalog.current_setting('primary_conninfo') as conninfo",
  )
  const isRunning = server().isRunning()
  await server().stop()
  await node.stop()
  writeInstalledConfig(installation, 'read-only', server().port)
  writeExtConf(installation, {
    primary_conninfo: row?.conninfo ?? '',
    ...(slot === null ? {} : { primary_slot_name: slot }),
    recovery_target_timeline: 'latest',
  })
  await node.setSetting('primary_conninfo', null)
  await node.setSetting('primary_slot_name', null)
  await node.setSetting('include_if_exists', extConfPath(installation))
  await node.start()
  if (isRunning) await server().start()
}

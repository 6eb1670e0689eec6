// The files of a server on its host that decide whether it starts. It only reads them.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { HostFileError } from '../../io/hosts/host-fault.ts'
import type { InspectedEntry, InspectedFolder } from '../../io/hosts/inspect-folder.ts'
import type { ServerFiles } from '../../model/diagnosis/start/start-files.ts'
import { fetchHbaFiles } from '../../model/hba/syntax/includes.ts'
import { NEWEST_KNOWN_VERSION, parseHba } from '../../model/hba/syntax/parse.ts'
import { confValue, isOnInConf } from '../../model/settings/conf-file.ts'
import { boundedReader, type ConfOnHost, filesIn, readConfOnHost } from './conf-on-host.ts'

/** null: the data directory may not be read. Throws FaultError where the host can't be reached. */
export async function readServerFiles(
  host: HostConnection,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<ServerFiles | null> {
  const look = (folder: string) => orNull(() => host.inspect(folder, { signal }))
  const folder = await look(dataDirectory)
  if (folder === null) return null
  const version = await versionOf(host, dataDirectory, signal)
  const conf = await readConfOnHost(host, dataDirectory, signal)
  const control = entryOf(await look(`${dataDirectory}/global`), 'pg_control')
  return {
    dataDirectory,
    version,
    mode: folder.facts.mode & 0o777,
    uid: folder.facts.uid,
    names: new Set(folder.entries.map(({ name }) => name)),
    conf,
    hba: await hbaOf(host, dataDirectory, conf, version, signal),
    controlBytes: control?.size ?? null,
    sslKey: conf && (await sslKeyOf(conf, dataDirectory, look)),
  }
}

async function orNull<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof HostFileError) return null
    throw error
  }
}

function entryOf(folder: InspectedFolder | null, name: string): InspectedEntry | null {
  return folder?.entries.find((entry) => entry.name === name && entry.kind === 'file') ?? null
}

async function versionOf(host: HostConnection, dataDirectory: string, signal: AbortSignal): Promise<number | null> {
  const file = await orNull(() => host.readFile(`${dataDirectory}/PG_VERSION`, { signal, maxBytes: 100 }))
  const version = Number.parseInt(file?.text ?? '', 10)
  return Number.isNaN(version) ? null : version
}

/** Where it is not told, it is in the data directory. A path that is not absolute depends on where the server is started. */
async function hbaOf(
  host: HostConnection,
  dataDirectory: string,
  conf: ConfOnHost | null,
  version: number | null,
  signal: AbortSignal,
): Promise<ServerFiles['hba']> {
  const path = (conf && confValue(conf, 'hba_file')) ?? `${dataDirectory}/pg_hba.conf`
  if (conf === null || !path.startsWith('/')) return null
  const major = version ?? NEWEST_KNOWN_VERSION
  return orNull(async () => {
    const one = boundedReader(host, signal)
    const read = async (paths: readonly string[]) => {
      const texts = new Map<string, string | null>()
      for (const each of paths) texts.set(each, await one(each))
      return texts
    }
    const files = await fetchHbaFiles(path, major, { read, list: filesIn(host, signal) })
    return { path, problems: parseHba(path, files, major).problems }
  })
}

async function sslKeyOf(
  conf: ConfOnHost,
  dataDirectory: string,
  look: (folder: string) => Promise<InspectedFolder | null>,
): Promise<ServerFiles['sslKey']> {
  if (!isOnInConf(conf, 'ssl')) return null
  const named = confValue(conf, 'ssl_key_file') ?? 'server.key'
  const path = named.startsWith('/') ? named : `${dataDirectory}/${named}`
  const slash = path.lastIndexOf('/')
  const key = entryOf(await look(path.slice(0, slash) || '/'), path.slice(slash + 1))
  return key && { path, mode: key.mode & 0o777, uid: key.uid }
}

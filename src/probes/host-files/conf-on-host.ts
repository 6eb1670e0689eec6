// The settings in the files of a server on its host: what it would start with, also while it is down.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { HostFileError } from '../../io/hosts/host-fault.ts'
import type { DatabaseLogging } from '../../model/logs/locations.ts'
import { type ConfContent, confValue, fetchConf, isOnInConf } from '../../model/settings/conf-file.ts'

/** postgresql.conf of a data directory with all that it includes. */
export interface ConfOnHost extends ConfContent {
  readonly path: string
}

const MOST_BYTES = 1024 * 1024
/** Of all files that one file leads to. */
const MOST_CHARACTERS = 4 * MOST_BYTES

/** Reads text files, in Latin-1 too as servers do, until they are too many. The function throws HostFileError or FaultError. */
export function boundedReader(host: HostConnection, signal: AbortSignal): (path: string) => Promise<string | null> {
  let characters = 0
  return async (path) => {
    if (characters > MOST_CHARACTERS) throw new HostFileError(host.name, path, 'too-large')
    const text = (await host.readFile(path, { signal, maxBytes: MOST_BYTES, isAnyText: true }))?.text ?? null
    characters += text?.length ?? 0
    return text
  }
}

/** Names in a folder; null: there is none. Servers pass over folders in it. The function throws HostFileError or FaultError. */
export function filesIn(
  host: HostConnection,
  signal: AbortSignal,
): (folder: string) => Promise<readonly string[] | null> {
  return async (folder) => {
    const entries = await host.list(folder, { signal })
    return entries?.filter(({ isFolder }) => !isFolder).map(({ name }) => name) ?? null
  }
}

/** null: there is none, or it may not be read. Throws FaultError where the host can't be reached. */
export async function readConfOnHost(
  host: HostConnection,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<ConfOnHost | null> {
  const read = boundedReader(host, signal)
  const list = filesIn(host, signal)
  try {
    const started = await read(`${dataDirectory}/postmaster.opts`)
    for (const path of confPaths(dataDirectory, started ?? '')) {
      const text = await read(path)
      if (text === null) continue
      const far = { list, read: async (name: string) => (name === path ? text : read(name)) }
      return { path, ...(await fetchConf(path, dataDirectory, far)) }
    }
    return null
  } catch (error) {
    if (error instanceof HostFileError) return null
    throw error
  }
}

/** As it was last started; else in the data directory; else where Debian's packages have it. */
function confPaths(dataDirectory: string, started: string): readonly string[] {
  const [, given] = /config_file=([^"\n]+)"?/.exec(started) ?? []
  const [, major, name] = /^\/var\/lib\/postgresql\/(\d+)\/([^/]+)\/?$/.exec(dataDirectory) ?? []
  const debian = major === undefined || name === undefined ? [] : [`/etc/postgresql/${major}/${name}/postgresql.conf`]
  return [...(given?.startsWith('/') ? [given] : []), `${dataDirectory}/postgresql.conf`, ...debian]
}

/** What the files say of the log. */
export function loggingInConf(conf: ConfContent, dataDirectory: string): DatabaseLogging {
  const collector = isOnInConf(conf, 'logging_collector')
  return {
    collector,
    directory: collector ? (confValue(conf, 'log_directory') ?? 'log') : null,
    dataDirectory,
    filename: confValue(conf, 'log_filename') ?? 'postgresql-%Y-%m-%d_%H%M%S.log',
    destination: confValue(conf, 'log_destination') ?? 'stderr',
    settings: {
      // Without a line it is GMT, but initdb writes one.
      timeZone: confValue(conf, 'log_timezone'),
      linePrefix: confValue(conf, 'log_line_prefix') ?? '%m [%p] ',
      messages: confValue(conf, 'lc_messages'),
    },
  }
}

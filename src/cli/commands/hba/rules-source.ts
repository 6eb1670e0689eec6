// The rules that `pgdeck hba test` decides on, and the known facts about their server.

import { networkInterfaces } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { listNames } from '../../../io/files/sync-files.ts'
import { FileError, pathExists, readLenientText } from '../../../io/files/text-files.ts'
import { type IdentMaps, mapOf, parseIdentMaps } from '../../../model/hba/ident/ident-maps.ts'
import type { HbaFileReader } from '../../../model/hba/syntax/files.ts'
import { type IpNetwork, parseIpNetwork } from '../../../model/hba/syntax/ip-address.ts'
import { NEWEST_KNOWN_VERSION, parseHba } from '../../../model/hba/syntax/parse.ts'
import type { HbaRules, ServerNetworks } from '../../../model/hba/syntax/record.ts'
import type { HbaRole, ReadableHba } from '../../../model/measured/hba-reading.ts'
import { clean } from '../../../model/values/text.ts'
import { UsageError } from '../../invocation/exit-codes.ts'

/** The connection of one question, also of one line of a batch. */
export interface TestedConnection {
  readonly type: 'local' | 'host'
  readonly ssl?: boolean | undefined
  readonly gss?: boolean | undefined
  readonly database?: string | undefined
  readonly user: string
  readonly address?: string | undefined
  readonly replication?: boolean | undefined
  readonly memberOf?: readonly string[] | undefined
  readonly superuser?: boolean | undefined
}

/** The source of a node's rules, as fields of the document. */
interface HbaRulesOrigin extends Pick<ReadableHba, 'source' | 'why'> {
  readonly node: string
  readonly force: ReadableHba['reloadState']
  readonly serverVersion: number
  readonly missing?: ReadableHba['missing']
}

export interface HbaRulesSource {
  readonly rules: HbaRules
  readonly mainFile: string
  readonly serverNetworks: ServerNetworks
  /** The maps of pg_ident.conf; null: no line names one. */
  readonly identMaps: IdentMaps | null
  /** Major version of the server. */
  readonly version: number
  /** Fields of the document beside the decision. */
  readonly about: HbaRulesOrigin | Record<never, never>
  /** Notes for every answer: one is whether these rules are in force. */
  readonly notes: readonly string[]
  /** The server's role of that name; null without a server to ask. */
  roleOf(name: string): Promise<HbaRole | null>
  /** Notes for one answer. */
  notesOn(connection: TestedConnection, role: HbaRole | null): readonly string[]
}

/** Networks of the server's interfaces that the user gave, such as `10.0.0.5/24`. Throws UsageError. */
export function parseServerNetworks(texts: readonly string[] | undefined): ServerNetworks | null {
  return texts ? { interfaces: texts.map(networkOf), complete: true } : null
}

/** Reads a file on this machine, for a server with this machine's addresses. Throws UsageError if it can't be read. */
export function rulesFromFile(file: string, version: number | undefined, given: ServerNetworks | null): HbaRulesSource {
  const major = version ?? NEWEST_KNOWN_VERSION
  const rules = readRules(file, major)
  return {
    rules,
    identMaps: rules.records.some((record) => mapOf(record) !== null) ? mapsBeside(file, major) : null,
    version: major,
    mainFile: file,
    serverNetworks: given ?? { interfaces: ownNetworks(), complete: true },
    about: {},
    notes: [],
    roleOf: async () => null,
    notesOn: () => [],
  }
}

/** Not an exit code of an answer: a missing file rejects nobody. */
function readRules(file: string, version: number): HbaRules {
  try {
    return parseHba(file, diskFiles(file), version)
  } catch (error) {
    if (error instanceof FileError) throw new UsageError(`hba test: --file ${error.message}`)
    throw error
  }
}

/** The server has both files in one folder by default. */
function mapsBeside(file: string, version: number): IdentMaps {
  const path = join(dirname(file), 'pg_ident.conf')
  if (!pathExists(resolve(path))) return { known: false, why: `there is no ${path}` }
  try {
    return parseIdentMaps(path, diskFiles(path), version)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return { known: false, why: error.message }
  }
}

/** Reads from the disk. A missing included file is reported in the server's own words. */
function diskFiles(first: string): HbaFileReader {
  const read = (path: string) => {
    try {
      return readLenientText(resolve(path))
    } catch (error) {
      if (path !== first && error instanceof FileError && error.code === 'ENOENT') return null
      throw error
    }
  }
  return { read, list: (folder) => (pathExists(resolve(folder)) ? listNames(resolve(folder)) : null) }
}

function networkOf(text: string): IpNetwork {
  const network = parseIpNetwork(text)
  if (network === null) {
    throw new UsageError(`--server-address "${clean(text)}": allowed: an address with its network, such as 10.0.0.5/24`)
  }
  return network
}

function ownNetworks(): readonly IpNetwork[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return all.flatMap(({ cidr }) => (cidr === null ? [] : (parseIpNetwork(cidr) ?? [])))
}

// Files and connections for tests of pg_hba.conf, with what a test does not care about filled in.

import { decideHba, type HbaDecision } from '../../../src/model/hba/match/match.ts'
import type { HbaFileReader } from '../../../src/model/hba/syntax/files.ts'
import { type IpNetwork, parseIpAddress, parseIpNetwork } from '../../../src/model/hba/syntax/ip-address.ts'
import { NEWEST_KNOWN_VERSION, parseHba } from '../../../src/model/hba/syntax/parse.ts'
import type { HbaConnection, HbaRules } from '../../../src/model/hba/syntax/record.ts'

/** Files in memory: `pg_hba.conf` and whatever else is given; folders are what stands before a slash. */
export function filesOf(texts: Readonly<Record<string, string>>): HbaFileReader {
  const names = Object.keys(texts)
  return {
    read: (path) => (Object.hasOwn(texts, path) ? (texts[path] ?? null) : null),
    list: (folder) => {
      const inside = names.filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1))
      return inside.length > 0 ? inside : null
    },
  }
}

export function rulesOf(
  text: string,
  version = NEWEST_KNOWN_VERSION,
  others: Readonly<Record<string, string>> = {},
): HbaRules {
  return parseHba('pg_hba.conf', filesOf({ ...others, 'pg_hba.conf': text }), version)
}

export type Asked = Partial<Omit<HbaConnection, 'address'>> & { readonly address?: string }

/** alice on app from 10.0.0.7 without encryption, unless told otherwise. */
export function connection(asked: Asked = {}): HbaConnection {
  const { address = '10.0.0.7', ...rest } = asked
  return {
    type: 'host',
    ssl: false,
    gss: false,
    database: 'app',
    user: 'alice',
    clientName: null,
    replication: false,
    memberOf: [],
    ...rest,
    address: rest.type === 'local' ? null : parseIpAddress(address),
  }
}

export function verdictOf(text: string, asked: Asked = {}, version = NEWEST_KNOWN_VERSION): HbaDecision {
  const own = ['10.0.0.1/24', 'fe80::1/64'].map(parseIpNetwork).filter((one): one is IpNetwork => one !== null)
  return decideHba(rulesOf(text, version), connection(asked), own)
}

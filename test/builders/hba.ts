// Looks at access for tests: a file's text is enough, what a test is not about is filled in.

import { derivePicture } from '../../src/model/derive-picture.ts'
import { hbaAuditInput } from '../../src/model/hba/audit/audit-input.ts'
import type { HbaAuditInput } from '../../src/model/hba/required/required-connection.ts'
import { parseHba } from '../../src/model/hba/syntax/parse.ts'
import type { ConnectedClient, HbaSnapshot } from '../../src/model/measured/connected-clients.ts'
import type { HbaRole, HbaServer, ReadableHba, UnreadableHba } from '../../src/model/measured/hba-reading.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../src/model/measured/snapshot.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import { profileOf } from '../../src/profiles/facts.ts'
import { NOW, SYSTEM } from './snapshot.ts'

export const HBA_FILE = '/var/lib/postgresql/18/main/pg_hba.conf'

export function aConnectedClient(over: Partial<ConnectedClient> = {}): ConnectedClient {
  return {
    kind: 'client',
    user: 'vault_app',
    database: 'vault',
    application: 'pmp-a',
    address: '10.0.0.21',
    tls: null,
    gss: false,
    count: 1,
    ...over,
  }
}

export function aRole(name: string, over: Partial<HbaRole> = {}): HbaRole {
  return {
    name,
    exists: true,
    canLogin: true,
    superuser: false,
    replication: true,
    memberOf: [],
    password: 'scram-sha-256',
    ...over,
  }
}

export function aServerOf(over: Partial<HbaServer> = {}): HbaServer {
  return {
    systemIdentifier: SYSTEM,
    versionNumber: 180_004,
    major: 18,
    ssl: false,
    port: 5432,
    listenAddresses: '*',
    passwordEncryption: 'scram-sha-256',
    hbaFile: HBA_FILE,
    dataDirectory: '/var/lib/postgresql/18/main',
    startedAt: NOW - 86_400_000,
    loaded: { from: NOW - 3_600_000, to: NOW - 3_600_000 },
    clock: NOW,
    interfaces: [],
    interfacesComplete: false,
    clientAddress: '10.0.0.5',
    ...over,
  }
}

export interface HbaReadingParts {
  /** pg_hba.conf; null: hidden from this role. */
  readonly text: string | null
  readonly server?: Partial<HbaServer>
  readonly roles?: readonly HbaRole[]
  readonly sessions?: readonly ConnectedClient[] | null
  readonly own?: Partial<ConnectedClient>
  readonly isOwnEncryptionKnown?: boolean
  readonly receiver?: HbaSnapshot['clients']['receiver']
  readonly force?: ReadableHba['reloadState']
}

const GRANT = 'GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO pgdeck'

export function anHbaReading(parts: HbaReadingParts): HbaSnapshot {
  const server = aServerOf(parts.server)
  const roles = new Map((parts.roles ?? []).map((role) => [role.name, role]))
  const common = { readAt: NOW, server, roles }
  const { text } = parts
  const hidden: UnreadableHba = {
    ...common,
    known: false,
    why: 'this role may not read the rules',
    missing: [{ what: 'the rules of pg_hba.conf', grant: GRANT }],
  }
  const own = aConnectedClient({
    user: 'pgdeck',
    database: 'postgres',
    application: 'pgdeck',
    address: '10.0.0.5',
    ...parts.own,
  })
  const entrants = {
    sessions: parts.sessions ?? [],
    ownSession: { ...own, isEncryptionKnown: parts.isOwnEncryptionKnown ?? true },
    receiver: parts.receiver ?? null,
    rolesComplete: false,
  }
  return { reading: text === null ? hidden : known(text, server, common, parts.force), clients: entrants }
}

function known(
  text: string,
  server: HbaServer,
  common: Pick<ReadableHba, 'readAt' | 'server' | 'roles'>,
  force?: ReadableHba['reloadState'],
): ReadableHba {
  const rules = parseHba(
    HBA_FILE,
    { read: (path) => (path === HBA_FILE ? text : null), list: () => null },
    server.major,
  )
  const broken = rules.problems.length > 0
  return {
    ...common,
    known: true,
    source: 'file-by-sql',
    path: HBA_FILE,
    files: [HBA_FILE],
    rules,
    exact: true,
    reloadState: force ?? (broken ? 'broken' : 'in-force'),
    why: 'it was last changed at 2026-11-20 08:00:00 UTC, and the server read it at 2026-11-22 13:32:07 UTC',
    changedAt: NOW - 2 * 86_400_000,
    hash: null,
    missing: [],
  }
}

/** The record with that look, taken just now. */
export function withHbaReading(record: DatabaseRecord, parts: HbaReadingParts): DatabaseRecord {
  return { ...record, onDemand: { ...record.onDemand, hba: freshReading(anHbaReading(parts), NOW) } }
}

/** What an audit is told from, of a snapshot. */
export function hbaAuditInputOf(snapshot: ClusterSnapshot): HbaAuditInput {
  return hbaAuditInput(snapshot, derivePicture(snapshot, null, NOW), profileOf(snapshot.spec.profile))
}

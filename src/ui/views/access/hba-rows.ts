// The rows of the access view about pg_hba.conf: needed connections, the connections of each node, and their
// encryption.

import { auditHba, auditOfNode, type HbaAudit, type HbaNodeAudit } from '../../../model/hba/audit/audit.ts'
import { hbaAuditInput } from '../../../model/hba/audit/audit-input.ts'
import type { HbaAuditEntry } from '../../../model/hba/audit/entry.ts'
import type { ConnectedClient, OwnSession } from '../../../model/measured/connected-clients.ts'
import type { Picture } from '../../../model/picture/picture.ts'
import { clean } from '../../../model/values/text.ts'
import { profileOf } from '../../../profiles/facts.ts'
import type { ClusterState } from '../../../state/state.ts'
import { HBA_RESULT_ORDER } from '../../frame/format/hba.ts'
import { UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DatabaseQueryResult, queryResultsOf } from '../list/query-results.ts'
import { memoizeLatest } from '../list/rows.ts'
import type { ViewRow } from '../list/view.ts'

export interface HbaEntryRow extends ViewRow {
  readonly entry: HbaAuditEntry
  readonly audit: HbaAudit
}

/** A server or database, with the parts of the audit about it. */
export interface HbaNodeRow extends ViewRow {
  readonly name: string
  readonly what: string
  /** null for a server: it has no rules. */
  readonly node: HbaNodeAudit | null
  readonly audit: HbaAudit
}

/** Sessions of one kind in one database. */
export interface EncryptionRow extends ViewRow {
  readonly queryResult: DatabaseQueryResult<unknown>
  readonly client: ConnectedClient | OwnSession
  readonly isOwn: boolean
}

export const HBA_PANE = 'pg_hba'
export const HBA_NODES_PANE = 'by node'
export const ENCRYPTION_PANE = 'encryption'

const audited = memoizeLatest(
  (
    spec: ClusterState['spec'],
    databases: ClusterState['databases'],
    servers: ClusterState['servers'],
    picture: Picture,
  ) => auditHba(hbaAuditInput({ spec, databases, servers }, picture, profileOf(spec.profile))),
)

/** The audit of a cluster; null before any facts are known. */
export function hbaAuditIn({ spec, databases, servers, picture }: ClusterState): HbaAudit | null {
  return picture ? audited(spec, databases, servers, picture) : null
}

/** Missing lines first. */
export function hbaEntryRows(cluster: ClusterState): readonly HbaEntryRow[] {
  const audit = hbaAuditIn(cluster)
  if (!audit) return []
  return audit.entries
    .map((entry): HbaEntryRow => ({ id: entry.connection.id, subject: entry.connection.toId, entry, audit }))
    .sort((a, b) => HBA_RESULT_ORDER[a.entry.result] - HBA_RESULT_ORDER[b.entry.result])
}

export function hbaNodeRows(cluster: ClusterState): readonly HbaNodeRow[] {
  const whole = hbaAuditIn(cluster)
  const { picture } = cluster
  if (!whole || !picture) return []
  const row = (id: string, name: string, what: string): HbaNodeRow => {
    const audit = auditOfNode(whole, id)
    return { id, subject: id, name, what, node: whole.nodes.find((node) => node.id === id) ?? null, audit }
  }
  return [
    ...picture.databases.map(({ id, name }) => row(id, name, 'database')),
    ...picture.servers.map(({ id, name, type }) => row(id, name, `${type} server`)),
  ]
}

/** Those without TLS first. */
export function encryptionRows(cluster: ClusterState): readonly EncryptionRow[] {
  return queryResultsOf(cluster, 'hba')
    .flatMap((queryResult) => {
      const { ownSession, sessions } = queryResult.value?.clients ?? {}
      const row = (entrant: ConnectedClient | OwnSession, isOwn: boolean): EncryptionRow => {
        const { kind, user, database, application, address, tls } = entrant
        const id = [queryResult.databaseId, isOwn, kind, user, database, application, address, tls].join('>')
        return { id, subject: queryResult.databaseId, queryResult, client: entrant, isOwn }
      }
      return [...(sessions ?? []).map((each) => row(each, false)), ...(ownSession ? [row(ownSession, true)] : [])]
    })
    .sort((a, b) => weight(a.client) - weight(b.client))
}

/** In clear over the network, encrypted or unknown, over the socket. */
function weight(client: ConnectedClient | OwnSession): number {
  return client.address === null ? 2 : encryptionText(client) === 'none' ? 0 : 1
}

/** `TLSv1.3`, `GSSAPI`, `none`, unknown, or the socket, which needs no encryption. */
export function encryptionText(client: ConnectedClient | OwnSession): string {
  const { tls, gss, address } = client
  if (address === null) return 'socket'
  const unencrypted = 'isEncryptionKnown' in client && !client.isEncryptionKnown ? UNKNOWN_TEXT : 'none'
  return tls ?? (gss ? 'GSSAPI' : unencrypted)
}

/** The client, as its session reports it. */
export function encryptedApplication({ client: { application, kind }, isOwn: own }: EncryptionRow): string {
  return own ? 'pgdeck' : clean(application) || (kind === 'replication' ? 'a standby' : '(nameless)')
}

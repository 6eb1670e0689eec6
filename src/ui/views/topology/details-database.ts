// Details of a database: identity, sessions, settings, archive, what this role may not read.

import { hostingProvider } from '../../../model/managers/detection/provider.ts'
import { isAurora } from '../../../model/measured/managers/aurora.ts'
import { type DatabasePulse, REQUIRED_SETTINGS } from '../../../model/measured/pulse.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { connectionsForUsers } from '../../../model/sessions/user-connections.ts'
import { workingArchiver } from '../../../model/storage/archiver-stall.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import { newerThanTested } from '../../../model/values/tested-versions.ts'
import type { ClusterState } from '../../../state/state.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { portStateText, roleText, statusSpan } from '../../frame/format/status-text.ts'
import { age, bytes, count, instant, milliseconds, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { backupFields } from '../../frame/parts/backup-fields.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { newConnectionSection } from './details-new-connections.ts'
import { transactionSection, unknownSessionsText } from './details-transactions.ts'

/** The facts about a database apart from replication, in sections. */
export function databaseSections(
  cluster: ClusterState,
  database: DatabaseView,
  now: number,
  glyphs: Glyphs,
): readonly DetailSection[] {
  const { pulse } = database
  const read = database.readAt === null ? 'never read' : `read ${age(database.readAt, now)} ago`
  const status = statusSpan(database.status, 'database', null, glyphs)
  const identity: DetailSection = {
    title: `DATABASE ${database.name}`,
    age: database.name === database.id ? read : `${database.id} in the configuration ${glyphs.dot} ${read}`,
    fields: [
      ...detailField('status', status.text, status.style),
      ...detailField(
        'since',
        database.since === null ? UNKNOWN_TEXT : `${instant(database.since)} (${age(database.since, now)})`,
      ),
      ...detailField('role', roleText(database.role, 'long')),
      ...detailField('same server as', database.sameServerAs ?? null, 'warning'),
      ...detailField('type', `${database.type} ${database.version ?? UNKNOWN_TEXT}`),
      ...detailField('version', database.pulse && newerThanTested(database.pulse.versionNumber), 'warning'),
      ...detailField('reached at', `${database.host}:${database.port}, port ${portStateText(database.portOpen)}`),
      ...detailField(
        'own address',
        pulse?.serverAddress ? `${pulse.serverAddress}:${pulse.serverPort ?? UNKNOWN_TEXT}` : null,
      ),
      ...detailField('configured', database.configured ? 'yes' : 'no: found by pgdeck'),
      ...detailField('cluster_name', pulse?.clusterName || null),
      ...detailField('system identifier', database.systemIdentifier ?? UNKNOWN_TEXT),
      ...detailField('timeline', count(database.timeline)),
      ...detailField(
        'up since',
        database.startedAt === null ? UNKNOWN_TEXT : `${instant(database.startedAt)} (${age(database.startedAt, now)})`,
      ),
      ...detailField('round trip', pulse ? milliseconds(pulse.roundTripMs) : UNKNOWN_TEXT),
      ...detailField('its clock', pulse ? clockText(pulse.clockOffsetMs) : UNKNOWN_TEXT),
    ],
  }
  if (!pulse) {
    const backups: DetailSection = {
      title: 'BACKUPS',
      age: '',
      fields: database.backup ? backupFields(database.backup, now) : [],
    }
    return [identity, backups, lastSeen(cluster, database, now)]
  }
  return [
    identity,
    missing(pulse),
    newConnectionSection(cluster, database, now),
    sessions(database, pulse),
    clients(pulse),
    settings(pulse),
    transactionSection(database, pulse, cluster.picture),
    upkeep(pulse, database, now),
    lastSeen(cluster, database, now),
  ].map((section) => ({ ...section, age: section === identity || section.age !== '' ? section.age : read }))
}

function clockText(offsetMs: number): string {
  if (Math.abs(offsetMs) < 50) return 'as ours'
  return `${milliseconds(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead of' : 'behind'} ours`
}

function missing(pulse: DatabasePulse): DetailSection {
  return {
    title: 'NOT READABLE FOR THIS ROLE',
    age: '',
    fields: [
      ...pulse.missing.flatMap(({ what, grant }) => detailField(what, grant, 'strong')),
      ...(pulse.refused ?? []).flatMap(({ what, why, name, grant }) =>
        detailField(what, grant === null ? `${why}: ${name}` : `${why}: ${grant}`, grant === null ? 'plain' : 'strong'),
      ),
      ...detailField('provider', pulse.refused || isAurora({ pulse }) ? hostingProvider(pulse.managerSigns) : null),
    ],
  }
}

function sessions({ servers }: DatabaseView, pulse: DatabasePulse): DetailSection {
  const { sessions: counts } = pulse
  const hidden = unknownSessionsText(pulse) ?? UNKNOWN_TEXT
  return {
    title: 'SESSIONS',
    age: '',
    fields: [
      ...detailField(
        'client sessions',
        `${counts.total ?? UNKNOWN_TEXT} of ${connectionsForUsers(counts)} for users; ${counts.reserved} more reserved`,
      ),
      ...(pulse.connectionLimits ?? []).flatMap(({ kind, name, limit, used }) =>
        detailField(`limit of ${kind} ${name}`, `${used} of ${limit}`, used >= limit ? 'warning' : 'plain'),
      ),
      ...detailField('running a statement', counts.active === null ? hidden : count(counts.active)),
      ...detailField('idle in transaction', counts.idleInTransaction === null ? hidden : idle(pulse)),
      ...detailField('waiting for a lock', counts.waiting === null ? hidden : count(counts.waiting)),
      ...commitWaits(pulse),
      ...unread(pulse),
      ...detailField('servers connected', `${count(servers.active)} of ${servers.configured} configured`),
      ...detailField('reserved connections', pulse.mayUseReserved ? 'pgdeck may use them' : 'pgdeck may not use them'),
    ],
  }
}

function commitWaits({ commitWaits: waits }: DatabasePulse): ReturnType<typeof detailField> {
  if (waits === undefined) return []
  return detailField('commits that wait', waits === null ? 'hidden from this role' : count(waits.count))
}

function unread({ unreadSessions = 0 }: DatabasePulse): ReturnType<typeof detailField> {
  if (unreadSessions === 0) return []
  return detailField('not read in full', `${count(unreadSessions)}: statements too long to read with every poll`)
}

function idle({ sessions: counts }: DatabasePulse): string {
  const longest = counts.longestIdleInTransactionSeconds
  return `${count(counts.idleInTransaction)}${longest === null ? '' : `, the longest for ${seconds(longest)}`}`
}

function clients({ clients: groups }: DatabasePulse): DetailSection {
  const listed = [...(groups ?? [])].sort((a, b) => b.count - a.count)
  return {
    title: 'CLIENTS',
    age: '',
    fields: listed.map(
      ({ applicationName, address, count: number }): Line => [
        span(`${String(number).padStart(4)}  `),
        span(applicationName === '' ? '(no name)' : applicationName),
        span(address === null ? '  over a Unix socket, or hidden' : `  from ${address}`, 'dim'),
      ],
    ),
  }
}

function settings(pulse: DatabasePulse): DetailSection {
  return {
    title: 'SETTINGS',
    age: '',
    fields: [
      ...REQUIRED_SETTINGS.flatMap((name) => detailField(name, String(pulse.settings[name]))),
      ...detailField(
        'synchronous_standby_names',
        pulse.synchronousStandbyNames === '' ? 'none' : pulse.synchronousStandbyNames,
      ),
      ...detailField('recovery_min_apply_delay', pulse.applyDelayMs ? milliseconds(pulse.applyDelayMs) : null),
      ...detailField(
        'max_slot_wal_keep_size',
        pulse.maxSlotKeepBytes === null ? 'no limit' : bytes(pulse.maxSlotKeepBytes),
      ),
    ],
  }
}

function upkeep(pulse: DatabasePulse, { backup }: DatabaseView, now: number): DetailSection {
  const { archiver } = pulse
  const working = workingArchiver(pulse)
  return {
    title: 'UPKEEP',
    age: '',
    fields: [
      ...backupFields(backup, now),
      ...detailField('archive_mode', archiver ? archiver.mode : UNKNOWN_TEXT),
      ...detailField('archive_command', archiver?.keepsNothing ? 'keeps nothing: it only succeeds' : null, 'warning'),
      ...detailField('last archived', archiver?.lastArchivedAt ? `${age(archiver.lastArchivedAt, now)} ago` : null),
      ...detailField(
        'archiving fails',
        working?.failing ? `since ${working.lastFailedWal ?? UNKNOWN_TEXT}, ${working.failedCount} times` : null,
        'critical',
      ),
      ...detailField('last failure', archiver?.lastFailedAt ? `${age(archiver.lastFailedAt, now)} ago` : null),
    ],
  }
}

function lastSeen(cluster: ClusterState, database: DatabaseView, now: number): DetailSection {
  const seen = cluster.databases.find(({ spec }) => spec.id === database.id)?.lastSeenAsPrimary
  return {
    title: 'LAST SEEN AS PRIMARY',
    age: seen ? `${age(seen.at, now)} ago` : '',
    fields: seen
      ? [...detailField('position', formatLsn(seen.lsn)), ...detailField('timeline', count(seen.timeline))]
      : [],
  }
}

// Details of a database: identity, sessions, settings, archive, what this role may not read.

import { type DatabasePulse, REQUIRED_SETTINGS } from '../../../model/measured/pulse.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import type { ClusterState } from '../../../state/state.ts'
import { backupText, backupTrouble } from '../../frame/format/backup.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import type { Line } from '../../frame/format/line.ts'
import { span } from '../../frame/format/line.ts'
import { roleText, statusSpan } from '../../frame/format/status.ts'
import { age, bytes, count, instant, milliseconds, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { fact, type Section } from '../../frame/parts/field-list.ts'
import { portWord } from './details-server.ts'

/** What is known of a database apart from replication, in sections. */
export function databaseSections(
  cluster: ClusterState,
  database: DatabaseView,
  now: number,
  glyphs: Glyphs,
): readonly Section[] {
  const { pulse } = database
  const read = database.readAt === null ? 'never read' : `read ${age(database.readAt, now)} ago`
  const status = statusSpan(database.status, 'database', null, glyphs)
  const identity: Section = {
    title: `DATABASE ${database.name}`,
    age: database.name === database.id ? read : `${database.id} in the configuration ${glyphs.dot} ${read}`,
    facts: [
      ...fact('status', status.text, status.style),
      ...fact('since', database.since === null ? UNKNOWN : `${instant(database.since)} (${age(database.since, now)})`),
      ...fact('role', database.role === 'cascading-replica' ? 'cascading replica' : roleText(database.role)),
      ...fact('type', `${database.type} ${database.version ?? UNKNOWN}`),
      ...fact('reached at', `${database.host}:${database.port}, port ${portWord(database.portOpen)}`),
      ...fact('sees itself at', pulse?.serverAddress ? `${pulse.serverAddress}:${pulse.serverPort ?? UNKNOWN}` : null),
      ...fact('configured', database.configured ? 'yes' : 'no: found by pgdeck'),
      ...fact('cluster_name', pulse?.clusterName || null),
      ...fact('system identifier', database.systemIdentifier ?? UNKNOWN),
      ...fact('timeline', count(database.timeline)),
      ...fact(
        'up since',
        database.startedAt === null ? UNKNOWN : `${instant(database.startedAt)} (${age(database.startedAt, now)})`,
      ),
      ...fact('round trip', pulse ? milliseconds(pulse.roundTripMs) : UNKNOWN),
      ...fact('its clock', pulse ? clockText(pulse.clockOffsetMs) : UNKNOWN),
    ],
  }
  if (!pulse) {
    const backups: Section = {
      title: 'BACKUPS',
      age: '',
      facts: database.backup ? backupFacts(database.backup, now) : [],
    }
    return [identity, backups, lastSeen(cluster, database, now)]
  }
  return [
    identity,
    missing(pulse),
    sessions(database, pulse),
    clients(pulse),
    settings(pulse),
    upkeep(pulse, database, now),
    lastSeen(cluster, database, now),
  ].map((section) => ({ ...section, age: section === identity || section.age !== '' ? section.age : read }))
}

function backupFacts(backup: DatabaseView['backup'], now: number): Section['facts'] {
  const trouble = backupTrouble(backup)
  return [...fact('newest backup', backupText(backup, now)), ...fact('not found any more', trouble, 'warning')]
}

function clockText(offsetMs: number): string {
  if (Math.abs(offsetMs) < 50) return 'as ours'
  return `${milliseconds(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead of' : 'behind'} ours`
}

function missing(pulse: DatabasePulse): Section {
  return {
    title: 'NOT READABLE FOR THIS ROLE',
    age: '',
    facts: pulse.missing.flatMap(({ what, grant }) => fact(what, grant, 'strong')),
  }
}

function sessions({ servers }: DatabaseView, pulse: DatabasePulse): Section {
  const { sessions: counts } = pulse
  const hidden = 'hidden from this role'
  return {
    title: 'SESSIONS',
    age: '',
    facts: [
      ...fact('client sessions', `${counts.total} of ${counts.max}, ${counts.reserved} reserved`),
      ...fact('running a statement', counts.active === null ? hidden : count(counts.active)),
      ...fact('idle in transaction', counts.idleInTransaction === null ? hidden : idle(pulse)),
      ...fact('waiting for a lock', counts.waiting === null ? hidden : count(counts.waiting)),
      ...unread(pulse),
      ...fact('servers connected', `${count(servers.active)} of ${servers.configured} configured`),
      ...fact('reserved connections', pulse.mayUseReserved ? 'pgdeck may use them' : 'pgdeck may not use them'),
    ],
  }
}

function unread({ unreadSessions = 0 }: DatabasePulse): ReturnType<typeof fact> {
  if (unreadSessions === 0) return []
  return fact('not read in full', `${count(unreadSessions)}: statements too long for every poll`)
}

function idle({ sessions: counts }: DatabasePulse): string {
  const longest = counts.longestIdleInTransactionSeconds
  return `${count(counts.idleInTransaction)}${longest === null ? '' : `, the longest for ${seconds(longest)}`}`
}

function clients({ clients: groups }: DatabasePulse): Section {
  const listed = [...(groups ?? [])].sort((a, b) => b.count - a.count)
  return {
    title: 'CLIENTS',
    age: '',
    facts: listed.map(
      ({ applicationName, address, count: number }): Line => [
        span(`${String(number).padStart(4)}  `),
        span(applicationName === '' ? '(no name)' : applicationName),
        span(address === null ? '  over a Unix socket, or hidden' : `  from ${address}`, 'dim'),
      ],
    ),
  }
}

function settings(pulse: DatabasePulse): Section {
  return {
    title: 'SETTINGS',
    age: '',
    facts: [
      ...REQUIRED_SETTINGS.flatMap((name) => fact(name, String(pulse.settings[name]))),
      ...fact(
        'synchronous_standby_names',
        pulse.synchronousStandbyNames === '' ? 'none' : pulse.synchronousStandbyNames,
      ),
      ...fact('recovery_min_apply_delay', pulse.applyDelayMs ? milliseconds(pulse.applyDelayMs) : null),
      ...fact('max_slot_wal_keep_size', pulse.maxSlotKeepBytes === null ? 'no limit' : bytes(pulse.maxSlotKeepBytes)),
    ],
  }
}

function upkeep({ archiver, oldestTransactionAge }: DatabasePulse, { backup }: DatabaseView, now: number): Section {
  const failing = archiver?.failing === true
  return {
    title: 'UPKEEP',
    age: '',
    facts: [
      ...backupFacts(backup, now),
      ...fact('archive_mode', archiver ? archiver.mode : UNKNOWN),
      ...fact('last archived', archiver?.lastArchivedAt ? `${age(archiver.lastArchivedAt, now)} ago` : null),
      ...fact(
        'archiving fails',
        failing ? `since ${archiver.lastFailedWal ?? UNKNOWN}, ${archiver.failedCount} times` : null,
        'critical',
      ),
      ...fact('last failure', archiver?.lastFailedAt ? `${age(archiver.lastFailedAt, now)} ago` : null),
      ...fact(
        'oldest transaction',
        oldestTransactionAge === null
          ? UNKNOWN
          : `${Math.round(oldestTransactionAge / 1e6)} million old; wraparound at 2100 million`,
      ),
    ],
  }
}

function lastSeen(cluster: ClusterState, database: DatabaseView, now: number): Section {
  const seen = cluster.databases.find(({ spec }) => spec.id === database.id)?.lastSeenAsPrimary
  return {
    title: 'LAST SEEN AS PRIMARY',
    age: seen ? `${age(seen.at, now)} ago` : '',
    facts: seen ? [...fact('position', formatLsn(seen.lsn)), ...fact('timeline', count(seen.timeline))] : [],
  }
}

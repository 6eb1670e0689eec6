// Details of an application server.

import type { TlsFacts } from '../../../model/measured/connections/certificate-facts.ts'
import type { Picture, ServerView } from '../../../model/picture/picture.ts'
import { faultOf, lastReadAt } from '../../../model/values/reading.ts'
import { listText } from '../../../model/values/text.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import type { ClusterState } from '../../../state/state.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { accessLabel, portStateText, statusSpan } from '../../frame/format/status-text.ts'
import { age, count, instant, milliseconds, sparkline, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'

const TREND = 40

/** The facts about a server, in sections. */
export function serverSections(
  cluster: ClusterState,
  picture: Picture,
  server: ServerView,
  now: number,
  glyphs: Glyphs,
): readonly DetailSection[] {
  const record = cluster.servers.find(({ spec }) => spec.id === server.id)
  const read = server.readAt === null ? 'never read' : `read ${age(server.readAt, now)} ago`
  const status = statusSpan(server.status, 'server', null, glyphs)
  const { pulse } = server
  return [
    {
      title: `SERVER ${server.name}`,
      age: server.name === server.id ? '' : `${server.id} in the configuration`,
      fields: [
        ...detailField('status', status.text, status.style),
        ...detailField(
          'since',
          server.since === null ? UNKNOWN_TEXT : `${instant(server.since)} (${age(server.since, now)})`,
        ),
        ...detailField('type', server.type),
        ...detailField('access it gives now', accessLabel(server.access)),
        ...detailField('schedules', schedulesOn(server, picture)),
        ...detailField('URL', record?.spec.url ?? null),
        ...detailField('DNS name', server.dnsName),
        ...detailField('its database', server.databaseId === null ? null : displayNameOf(picture, server.databaseId)),
      ],
    },
    {
      title: 'ANSWER',
      age: read,
      fields: [
        ...detailField(
          'port',
          `${server.port} ${portStateText(server.portOpen)}`,
          server.portOpen === false ? 'critical' : 'plain',
        ),
        ...detailField(
          'HTTP status',
          pulse ? httpText(pulse.httpStatus, record?.spec.healthyStatus ?? []) : UNKNOWN_TEXT,
        ),
        ...detailField('redirects to', pulse?.location ?? null),
        ...detailField('which is', server.redirectsTo === null ? null : displayNameOf(picture, server.redirectsTo)),
        ...detailField('time to connect', milliseconds(pulse?.connectMs ?? null)),
        ...detailField('time to answer', milliseconds(server.latencyMs)),
        ...detailField('recently', sparkline(server.latencyTrend, TREND, glyphs.levels, 20).trim() || null),
        ...detailField('addresses', pulse ? pulse.addresses.join(', ') || 'none' : UNKNOWN_TEXT),
      ],
    },
    sessionsSection(server, record, now),
    tlsSection(server.tls, read),
  ]
}

/** They run on one server only, whoever serves the users. */
function schedulesOn({ id, type }: ServerView, picture: Picture): string | null {
  const { schedules } = picture
  if (!schedules) return null
  if (schedules.server !== id) {
    const where = displayNameOf(picture, schedules.server)
    return type === 'primary' || type === 'secondary' ? `none run here: ${where} alone runs them` : null
  }
  if (schedules.state === 'unknown') return `${UNKNOWN_TEXT} they run only here`
  return schedules.state === 'stopped' ? 'none run now: they run only here' : 'run here, and on no other server'
}

function sessionsSection(
  server: ServerView,
  record: ClusterState['servers'][number] | undefined,
  now: number,
): DetailSection {
  const at = record ? lastReadAt(record.sessions) : null
  const fault = record ? faultOf(record.sessions) : null
  return {
    title: 'SESSIONS',
    age: at === null ? '' : `read ${age(at, now)} ago`,
    fields: [
      ...detailField('active user sessions', count(server.sessions)),
      ...detailField(
        'counted',
        record?.spec.countsSessions ? null : 'not counted: set `sessions` of this server in the config',
      ),
      ...detailField('problem', fault ? fault.message : null, 'warning'),
      ...detailField('what to do', fault?.hint ?? null),
      ...detailField('known to its database as', record?.spec.applicationName ?? null),
      ...detailField('coming from', record?.spec.clientAddress ?? null),
    ],
  }
}

function tlsSection(tls: TlsFacts | null, read: string): DetailSection {
  if (!tls) return { title: 'TLS', age: '', fields: detailField('certificate', 'no TLS, or not read yet') }
  return {
    title: 'TLS',
    age: read,
    fields: [
      ...detailField(
        'certificate valid until',
        `${instant(tls.validToAt)} (${tls.daysLeft} d left)`,
        tls.daysLeft < 7 ? 'critical' : 'plain',
      ),
      ...detailField('name matches', tls.nameMatches ? 'yes' : 'no', tls.nameMatches ? 'plain' : 'warning'),
      ...detailField('trusted', tls.trusted ? 'yes' : 'no', tls.trusted ? 'plain' : 'warning'),
      ...detailField('problem', tls.problem, 'warning'),
      ...detailField('subject', tls.subject),
      ...detailField('issuer', tls.issuer),
      ...detailField('fingerprint', tls.fingerprint),
    ],
  }
}

function httpText(status: number, healthy: readonly number[]): string {
  return healthy.includes(status)
    ? `${status} (as expected)`
    : `${status} (expected ${listText(healthy.map(String), 'or')})`
}

// Details of an application server.

import type { TlsFacts } from '../../../model/measured/pulse.ts'
import type { Picture, ServerView } from '../../../model/picture/picture.ts'
import { faultOf, lastReadAt } from '../../../model/values/reading.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import type { ClusterState } from '../../../state/state.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { accessText, statusSpan } from '../../frame/format/status.ts'
import { age, count, instant, milliseconds, sparkline, UNKNOWN } from '../../frame/format/values.ts'
import { fact, type Section } from '../../frame/parts/field-list.ts'

const TREND = 40

/** What is known of a server, in sections. */
export function serverSections(
  cluster: ClusterState,
  picture: Picture,
  server: ServerView,
  now: number,
  glyphs: Glyphs,
): readonly Section[] {
  const record = cluster.servers.find(({ spec }) => spec.id === server.id)
  const read = server.readAt === null ? 'never read' : `read ${age(server.readAt, now)} ago`
  const status = statusSpan(server.status, 'server', null, glyphs)
  const { pulse } = server
  return [
    {
      title: `SERVER ${server.name}`,
      age: server.name === server.id ? '' : `${server.id} in the configuration`,
      facts: [
        ...fact('status', status.text, status.style),
        ...fact('since', server.since === null ? UNKNOWN : `${instant(server.since)} (${age(server.since, now)})`),
        ...fact('type', server.type),
        ...fact('access it gives now', accessText(server.access)),
        ...fact('schedules', server.type === 'primary' ? schedules(server.status) : null),
        ...fact('URL', record?.spec.url ?? null),
        ...fact('DNS name', server.dnsName),
        ...fact('its database', server.databaseId === null ? null : displayNameOf(picture, server.databaseId)),
      ],
    },
    {
      title: 'ANSWER',
      age: read,
      facts: [
        ...fact(
          'port',
          `${server.port} ${portWord(server.portOpen)}`,
          server.portOpen === false ? 'critical' : 'plain',
        ),
        ...fact('HTTP status', pulse ? httpText(pulse.httpStatus, record?.spec.healthyStatus ?? []) : UNKNOWN),
        ...fact('redirects to', pulse?.location ?? null),
        ...fact('which is', server.redirectsTo === null ? null : displayNameOf(picture, server.redirectsTo)),
        ...fact('time to connect', milliseconds(pulse?.connectMs ?? null)),
        ...fact('time to answer', milliseconds(server.latencyMs)),
        ...fact('recently', sparkline(server.latencyTrend, TREND, glyphs.levels, 20).trim() || null),
        ...fact('addresses', pulse ? pulse.addresses.join(', ') || 'none' : UNKNOWN),
      ],
    },
    sessionsSection(server, record, now),
    tlsSection(server.tls, read),
  ]
}

/** They run on the primary server and nowhere else, whoever serves the users. */
function schedules(status: ServerView['status']): string {
  if (status === 'unknown') return `${UNKNOWN} they run here only`
  return status === 'inactive' ? 'none run now: they run here only' : 'run here, and on no other server'
}

function sessionsSection(
  server: ServerView,
  record: ClusterState['servers'][number] | undefined,
  now: number,
): Section {
  const at = record ? lastReadAt(record.sessions) : null
  const fault = record ? faultOf(record.sessions) : null
  return {
    title: 'SESSIONS',
    age: at === null ? '' : `read ${age(at, now)} ago`,
    facts: [
      ...fact('active user sessions', count(server.sessions)),
      ...fact('counted', record?.spec.countsSessions ? null : 'not configured: `sessions` of this server says how'),
      ...fact('problem', fault ? fault.message : null, 'warning'),
      ...fact('what to do', fault?.hint ?? null),
      ...fact('known to its database as', record?.spec.applicationName ?? null),
      ...fact('coming from', record?.spec.clientAddress ?? null),
    ],
  }
}

function tlsSection(tls: TlsFacts | null, read: string): Section {
  if (!tls) return { title: 'TLS', age: '', facts: fact('certificate', 'no TLS, or not known yet') }
  return {
    title: 'TLS',
    age: read,
    facts: [
      ...fact(
        'certificate valid until',
        `${instant(tls.validToAt)} (${tls.daysLeft} d left)`,
        tls.daysLeft < 7 ? 'critical' : 'plain',
      ),
      ...fact('name matches', tls.nameMatches ? 'yes' : 'no', tls.nameMatches ? 'plain' : 'warning'),
      ...fact('trusted', tls.trusted ? 'yes' : 'no', tls.trusted ? 'plain' : 'warning'),
      ...fact('problem', tls.problem, 'warning'),
      ...fact('subject', tls.subject),
      ...fact('issuer', tls.issuer),
      ...fact('fingerprint', tls.fingerprint),
    ],
  }
}

function httpText(status: number, healthy: readonly number[]): string {
  return healthy.includes(status) ? `${status} (as it should)` : `${status} (expected ${healthy.join(' or ')})`
}

export function portWord(open: boolean | null): string {
  if (open === null) return UNKNOWN
  return open ? 'open' : 'closed'
}

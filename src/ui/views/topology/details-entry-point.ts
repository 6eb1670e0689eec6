// Details of a pooler, a proxy or an address.

import type {
  AddressView,
  Destination,
  EntryPointView,
  PooledDatabaseView,
  PoolerView,
  ProxiedServerView,
  ProxyView,
} from '../../../model/measured/entry-points/entry-point-view.ts'
import { serverIdentityText } from '../../../model/measured/server-identity.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { entryPointStatusSpan } from '../../frame/format/status-text.ts'
import { age, count, instant, milliseconds, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'

/** The facts about an entry point, in sections. */
export function entryPointSections(view: EntryPointView, now: number, glyphs: Glyphs): readonly DetailSection[] {
  const { kind, name, since, expects, leadsTo, ledTo, where, readAt } = view
  const status = entryPointStatusSpan(view, null, glyphs)
  const whole: DetailSection = {
    title: `${kind.toUpperCase()} ${name}`,
    age: readAt === null ? 'never read' : `read ${age(readAt, now)} ago`,
    fields: [
      ...detailField('status', status.text, status.style),
      ...detailField('since', since === null ? UNKNOWN_TEXT : `${instant(since)} (${age(since, now)})`),
      ...detailField('at', where),
      ...detailField('leads to', places(leadsTo, readAt === null ? UNKNOWN_TEXT : 'nowhere'), styleOf(leadsTo)),
      ...detailField('led to before', leadsTo.length === 0 && ledTo.length > 0 ? places(ledTo, '') : null),
      ...detailField('should lead to', expects === 'primary' ? 'the primary' : 'a standby'),
    ],
  }
  switch (view.kind) {
    case 'address':
      return [whole, answerSection(view)]
    case 'proxy':
      return [whole, ...proxySections(view)]
    case 'pooler':
      return [whole, ...poolerSections(view)]
  }
}

function places(destinations: readonly Destination[], none: string): string {
  return destinations.map(({ name }) => name).join(', ') || none
}

function styleOf(destinations: readonly Destination[]) {
  return destinations.some(({ isExpected }) => isExpected === false) ? 'critical' : 'plain'
}

function answerSection({ reading }: AddressView): DetailSection {
  return {
    title: 'A NEW SESSION',
    age: '',
    fields: reading
      ? [
          ...detailField('answered by', reading.isInRecovery ? 'a server in recovery' : 'a writable server'),
          ...detailField('sees itself at', `${reading.serverAddress ?? 'a Unix socket'}, port ${reading.port}`),
          ...detailField('which is', reading.identity ? serverIdentityText(reading.identity) : UNKNOWN_TEXT),
          ...detailField('through a pooler', reading.pooler),
          ...detailField('took', milliseconds(reading.latencyMs)),
        ]
      : [],
  }
}

function proxySections({ spec, servers, waiting }: ProxyView): readonly DetailSection[] {
  const isNameless = servers.some(({ destination: { databaseId }, address }) => databaseId === null && address === null)
  return [
    {
      title: `BACKEND ${spec.backend}`,
      age: '',
      fields: [
        ...detailField('clients that wait', count(waiting)),
        ...servers.flatMap((server) => detailField(server.name, proxiedText(server), proxiedStyle(server))),
        ...detailField(
          'what to do',
          isNameless
            ? 'HAProxy does not tell the addresses of its servers here: add "stats show-legends", give its socket as "stats", or name its servers as pgdeck does'
            : null,
          'strong',
        ),
      ],
    },
  ]
}

/** `UP, db-1 (10.0.0.11:5432), 12 sessions, for 3 min: L7OK HTTP status check returned code 200`. */
function proxiedText({
  status,
  isUsed,
  isBackup,
  destination,
  address,
  sessions,
  sinceSeconds,
  check,
}: ProxiedServerView) {
  const place = address ? ` (${address.host}:${address.port})` : ''
  const parts = [
    `${status}${isUsed ? '' : ', not used'}${isBackup ? ', backup' : ''}`,
    `${destination.databaseId === null ? 'no database of pgdeck' : destination.name}${place}`,
    `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`,
    ...(sinceSeconds === null ? [] : [`for ${seconds(sinceSeconds)}`]),
  ]
  return `${parts.join(', ')}${check === null ? '' : `: ${check}`}`
}

function proxiedStyle({ isUsed, destination }: ProxiedServerView) {
  if (isUsed && destination.isExpected === false) return 'critical'
  return isUsed ? 'plain' : 'dim'
}

function poolerSections({ reading, databases }: PoolerView): readonly DetailSection[] {
  return [
    {
      title: 'PGBOUNCER',
      age: '',
      fields: reading
        ? [
            ...detailField('version', reading.version),
            ...detailField(
              'paused as a whole',
              reading.isPaused ? 'yes: RESUME on its console ends it' : null,
              'critical',
            ),
          ]
        : [],
    },
    ...databases.map(poolSection),
  ]
}

function poolSection(pool: PooledDatabaseView): DetailSection {
  const { name, host, port, paused, disabled, leadsTo, connectedTo } = pool
  const open = connectedTo.map((place) => `${place.host}:${place.port}`).join(', ')
  return {
    title: `POOL ${name}`,
    age: '',
    fields: [
      ...detailField('paused', paused ? `yes: RESUME "${name}" on the console ends it` : null, 'critical'),
      ...detailField('disabled', disabled ? `yes: ENABLE "${name}" on the console ends it` : null, 'critical'),
      ...detailField('leads to', places(leadsTo, UNKNOWN_TEXT), styleOf(leadsTo)),
      ...detailField('configured as', host === null ? `a Unix socket, port ${port}` : `${host}:${port}`),
      ...detailField('connections open to', open === '' ? 'none now' : open),
      ...detailField(
        'clients',
        `${pool.clientsActive} active, ${waitText(pool)}`,
        pool.clientsWaiting > 0 ? 'warning' : 'plain',
      ),
      ...detailField('connections', `${pool.serversActive} active, ${pool.serversIdle} idle`),
    ],
  }
}

function waitText({ clientsWaiting, longestWaitSeconds }: PooledDatabaseView): string {
  return clientsWaiting === 0 ? 'none wait' : `${clientsWaiting} wait, the longest for ${seconds(longestWaitSeconds)}`
}

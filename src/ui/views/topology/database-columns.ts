// The databases pane: the replication tree with its figures.

import { memberWords } from '../../../model/managers/member-words.ts'
import { upstreamOf } from '../../../model/picture/neighbours.ts'
import type { OtherSenderView } from '../../../model/picture/other-sender.ts'
import type { DatabaseView, Lag, LinkView, Picture, Severity } from '../../../model/picture/picture.ts'
import { isPrimary } from '../../../model/picture/roles.ts'
import { isReplicating } from '../../../model/picture/status.ts'
import { isWhole } from '../../../model/picture/subject.ts'
import { connectionsForUsers } from '../../../model/sessions/user-connections.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import type { DatabasePaneRow } from '../../../state/select/rows.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { fitText, span, type TextSpan } from '../../frame/format/line.ts'
import { lagText, portSpan, roleText, statusSpan } from '../../frame/format/status-text.ts'
import { age, bytes, count, sparkline, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, type TableColumn, textColumn } from '../../frame/parts/table.ts'
import { narrowNameColumn, oldText, readColumn } from './problem.ts'

const TREND = 5
const TRUNK = 3
/** A lag below this is drawn flat in the trend, in bytes: a busy primary is always a little ahead. */
const CALM_BYTES = 1024 * 1024

type Row = DatabasePaneRow

interface DatabasesPaneContext {
  readonly picture: Picture
  readonly worst: ReadonlyMap<string, Severity>
  readonly now: number
  readonly glyphs: Glyphs
  readonly narrow: boolean
  /** `pg18.4` for `PostgreSQL 18.4`. */
  readonly shortTypes: boolean
}

/** The columns of the databases pane, the important ones first. */
export function databaseColumns(context: DatabasesPaneContext): readonly TableColumn<Row>[] {
  const { now, glyphs, narrow, shortTypes } = context
  return [
    {
      ...(narrow ? narrowNameColumn(12, 32) : nameColumn('name', 'NAME', 0, 10, 32)),
      cell: (row) => nameSpan(row, glyphs),
    },
    {
      ...(shortTypes ? textColumn('type', 'TYPE', 4, 6, 9) : textColumn('type', 'TYPE', 4, 10, 17)),
      cell: (row) => typeSpan(row, shortTypes),
    },
    { ...textColumn('role', 'ROLE', 0, 7, 9), cell: roleSpan },
    { ...textColumn('status', 'STATUS', 0, 11, 14), cell: (row) => statusOf(row, context) },
    { ...textColumn('port', 'PORT', 1, 6, 7), cell: watched(({ port, portOpen }) => portSpan(port, portOpen, glyphs)) },
    { ...figureColumn('servers', narrow ? 'APPS' : 'SERVERS', 3, narrow ? 4 : 7), cell: watched(serversSpan) },
    {
      ...(narrow ? figureColumn('sessions', 'SESS', 2, 6) : figureColumn('sessions', 'SESSIONS', 2, 8)),
      cell: watched((database) => sessionsSpan(database, context)),
    },
    { ...figureColumn('lag', 'LAG', 0, narrow ? 7 : 14), cell: (row) => lagOrAgeSpan(row, context) },
    ...managerColumns(context),
    ...(narrow ? [] : [readColumn<Row>((row) => (row.kind === 'database' ? row.database : null), now)]),
    { ...textColumn('trend', '', 9, TREND, TREND), cell: watched((database) => trendSpan(database, glyphs)) },
    { ...figureColumn('timeline', 'TL', 5, 2), cell: watched(({ timeline }) => span(count(timeline))) },
    {
      ...figureColumn('lsn', 'LSN', 7, 10),
      cell: watched(({ lsn }) => span(lsn === null ? UNKNOWN_TEXT : formatLsn(lsn))),
    },
    { ...figureColumn('since', 'SINCE', 6, 6), cell: watched(({ since }) => span(age(since, now))) },
    { ...nameColumn('host', 'HOST', 8, 8, 40), yields: true, cell: watched(({ host }) => span(host)) },
  ]
}

/** What the manager says of each; no column where it says nothing. */
function managerColumns({ picture, narrow }: DatabasesPaneContext): readonly TableColumn<Row>[] {
  const words = ({ id }: DatabaseView) => memberWords(picture.manager, id)
  if (picture.databases.every((database) => words(database).length === 0)) return []
  const width = narrow ? 21 : 27
  const column = textColumn('manager', 'MANAGER', 2, 8, width)
  return [{ ...column, cell: watched((database) => span(wholeWords(words(database), width), 'warning')) }]
}

/** As many of them as there is room for, the first ones: `no agent, nofailover +1`. None is cut. */
function wholeWords(words: readonly string[], width: number): string {
  const texts = words.map((_, index) => {
    const left = words.length - index - 1
    return `${words.slice(0, index + 1).join(', ')}${left === 0 ? '' : ` +${left}`}`
  })
  return texts.findLast((text) => text.length <= width) ?? texts[0] ?? ''
}

function watched(cell: (database: DatabaseView) => TextSpan): (row: Row) => TextSpan {
  return (row) => (row.kind === 'database' ? cell(row.database) : span(''))
}

function nameSpan(row: Row, glyphs: Glyphs): TextSpan {
  const prefix = treePrefix(row, glyphs)
  if (row.kind === 'sender') return span(prefix + row.sender.name)
  if (row.kind === 'stranger') {
    return span(prefix + (row.end === 'upstream' ? row.link.upstreamName : row.link.downstreamName))
  }
  return span(`${prefix}${row.database.name}${row.database.configured ? '' : ' (found)'}`)
}

/** `│  ├▶ `: the continuing trunks, then the branch to this row. */
function treePrefix({ continues }: Row, { trunk, fork, branch }: Glyphs): string {
  if (continues.length === 0) return ''
  const trunks = continues.slice(0, -1).map((goesOn) => fitText(goesOn ? trunk : '', TRUNK))
  return `${trunks.join('')}${continues.at(-1) ? fork : branch} `
}

function typeSpan(row: Row, isShort: boolean): TextSpan {
  if (row.kind === 'sender') return span('')
  if (row.kind === 'stranger') return span(isShort ? UNKNOWN_TEXT : 'not watched', 'dim')
  const { type, version } = row.database
  if (isShort) return span(version ? `pg${version}` : 'pg')
  return span(version ? `${type} ${version}` : type)
}

function roleOfUnwatched({ kind }: LinkView): string {
  if (kind === 'archiver') return 'archiver'
  return kind === 'unknown' ? UNKNOWN_TEXT : 'replica'
}

function roleSpan(row: Row): TextSpan {
  if (row.kind === 'sender') return span(row.sender.kind)
  if (row.kind === 'stranger') return span(row.end === 'upstream' ? 'upstream' : roleOfUnwatched(row.link))
  return span(roleText(row.database.role))
}

function statusOf(row: Row, { worst, glyphs, narrow }: DatabasesPaneContext): TextSpan {
  if (row.kind === 'database') {
    const status = statusSpan(row.database.status, 'database', worst.get(row.id) ?? null, glyphs)
    // The word of its alert, and short.
    return narrow ? { ...status, text: status.text.replace('disconnected', 'cut off') } : status
  }
  if (row.kind === 'sender') return span(`${glyphs.idle} ${row.sender.state ?? UNKNOWN_TEXT}`)
  return row.end === 'upstream' ? span(`${glyphs.unknown} not watched`) : span(`${glyphs.idle} ${row.link.state}`)
}

function sessionsSpan({ id, sessions }: DatabaseView, { picture }: DatabasesPaneContext): TextSpan {
  const near = picture.alerts.find(({ rule, subject }) => rule === 'sessions' && isWhole(subject, id))
  return span(
    sessions ? `${sessions.total ?? UNKNOWN_TEXT}/${connectionsForUsers(sessions)}` : UNKNOWN_TEXT,
    near?.severity ?? 'plain',
  )
}

function trendSpan(database: DatabaseView, glyphs: Glyphs): TextSpan {
  return span(isPrimary(database) ? '' : sparkline(database.lagTrend, TREND, glyphs.levels, CALM_BYTES), 'dim')
}

// If no server uses it, an empty cell is clearer than `0/0`.
function serversSpan({ servers }: DatabaseView): TextSpan {
  if (servers.configured === 0 && !servers.active) return span('')
  const missing = servers.active !== null && servers.active < servers.configured
  return span(`${count(servers.active)}/${servers.configured}`, missing ? 'warning' : 'plain')
}

/** On a narrow screen the age of old figures is more important than the lag that was seen then. */
function lagOrAgeSpan(row: Row, context: DatabasesPaneContext): TextSpan {
  const { narrow, now } = context
  const old = narrow && row.kind === 'database' ? oldText(row.database, now) : null
  if (old !== null) return span(old, 'warning')
  return lagSpan(row, context)
}

function lagSpan(row: Row, { picture, glyphs, narrow }: DatabasesPaneContext): TextSpan {
  const text = (lag: Lag) => lagText(narrow && lag.bytes !== null ? { ...lag, seconds: null } : lag, glyphs)
  if (row.kind === 'sender') return span(row.sender.kind === 'backup' ? '' : bytes(row.sender.behindBytes))
  if (row.kind === 'stranger') return span(row.end === 'upstream' ? '' : text(row.link.lag))
  const { database } = row
  if (database.sameServerAs !== undefined) return span(`= ${displayNameOf(picture, database.sameServerAs)}`, 'dim')
  if (isPrimary(database)) return span('')
  if (database.replayPaused) {
    const lag = database.lag ? lagText({ ...database.lag, seconds: null }, glyphs) : UNKNOWN_TEXT
    return span(narrow ? 'paused' : `paused ${glyphs.dot} ${lag}`, 'warning')
  }
  const severity = lagSeverity(picture, row.id)
  const isUnread = sourceIsUnread(database, picture)
  const lag = database.lag && isUnread && isNoKnownLag(database.lag) ? null : database.lag
  return span(lag ? text(lag) : UNKNOWN_TEXT, severity ?? (isUnread ? 'dim' : 'plain'))
}

/** What its upstream wrote since is unknown: a standby that has everything known has no lag of zero. */
function isNoKnownLag({ atLeast, bytes }: NonNullable<DatabaseView['lag']>): boolean {
  return !atLeast && (bytes ?? 0) <= 0
}

function lagSeverity({ alerts }: Picture, id: string): Severity | undefined {
  const ofLag = alerts.filter(({ rule, subject }) => isWhole(subject, id) && rule.startsWith('replication-lag'))
  return ofLag.find(({ severity }) => severity === 'critical')?.severity ?? ofLag[0]?.severity
}

/** It reports a connection, and its upstream can't be read: the upstream's position is unknown. */
function sourceIsUnread(database: DatabaseView, picture: Picture): boolean {
  const source = upstreamOf(picture, database)
  return isReplicating(database) && source !== null && source.problem !== null
}

/** The note takes the place of the lag, so it includes the lag. The slot of a backup drops out with it. */
function senderNote({ kind, slot, behindBytes }: OtherSenderView): TextSpan | null {
  return kind === 'backup' || slot === null ? null : span(`${bytes(behindBytes)} behind, slot ${slot}`, 'dim')
}

/** What replaces the empty columns of a row that is no watched database. */
export function databaseNote(row: Row): TextSpan | null {
  if (row.kind === 'sender') return senderNote(row.sender)
  if (row.kind !== 'stranger' || row.end !== 'upstream') return null
  return span('its standbys name it as their upstream', 'dim')
}

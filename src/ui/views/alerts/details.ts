// The details of one alert, event or silence: on a page, and below the table that may have cut it.

import type { RawAlerts } from '../../../config/schema/alerts.ts'
import { actAfter, startAfter } from '../../../model/alerts/act-after.ts'
import { nextStepAfter } from '../../../model/alerts/next-step.ts'
import { isSilenceOver, silenceCovers, silenceText } from '../../../model/alerts/silence.ts'
import type { Limits, Thresholds } from '../../../model/measured/spec.ts'
import type { Alert, AlertRule, ClusterEvent, Picture } from '../../../model/picture/picture.ts'
import { isSameSubject, type Subject, subjectText } from '../../../model/picture/subject.ts'
import { idsText } from '../../../model/sessions/transaction-text.ts'
import { type SplitBrainAdvice, splitBrainAdvice } from '../../../model/split-brain/advice.ts'
import { formatBytes, formatSeconds } from '../../../model/values/units.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { cutLine, type Line, span, type TextStyle } from '../../frame/format/line.ts'
import { severityMark } from '../../frame/format/status-text.ts'
import { age, instant, shortInstant } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { currentActionKey, currentKey } from '../../keys/names.ts'
import type { ListContext } from '../list/list-options.ts'
import { type AlertRow, type AlertsEventRow, eventsOfSubject, type SilenceRow } from './rows.ts'

const EVENTS_SHOWN = 30

export function alertOrEventSections(row: AlertRow | AlertsEventRow, context: ListContext): readonly DetailSection[] {
  return row.kind === 'alert' ? alertSections(row, context) : eventSections(row, context)
}

export function alertSections(row: AlertRow, context: ListContext): readonly DetailSection[] {
  const { alert, severity, name, text, cause, at } = row
  const { now, screen, cluster, state } = context
  const mark = severityMark(severity, screen.glyphs)
  const next = nextStepAfter(alert)
  return [
    {
      title: `ALERT ${alert.rule}`,
      age: `in force for ${age(at, now)}`,
      fields: [
        ...detailField('severity', `${mark.text} ${severity}`, mark.style),
        ...detailField('subject', namedSubject(alert.subject, name)),
        ...detailField('what', text, 'strong'),
        ...detailField('because', cause),
        ...detailField('started during', alert.during ?? null),
        ...detailField('since', `${instant(at)} (${age(at, now)})`),
        ...detailField('limits', limitsOf(alert.rule, cluster.spec.thresholds)),
        ...(alert.rule === 'split-brain' && context.picture ? splitBrainFields(context.picture) : []),
        ...detailField('what to do', REMEDIES[alert.rule] ?? null),
        ...actsOf(row, context).flatMap(({ key, does }) => detailField('act', `${key}: ${does}`)),
        ...detailField('next key', `${currentKey(state, next.key)}: ${next.does}`),
      ],
    },
    silencesOf(alert, context),
    eventsOf(alert.subject, context),
  ]
}

/** What ends it, where no action of its own does. */
const REMEDIES: Readonly<Partial<Record<AlertRule, string>>> = {
  'pending-restart':
    'restart its PostgreSQL: standbys first and the primary last, but the primary first where a setting was lowered',
}

/** Actions without a key of their own, in the menu of the alert's subject. */
const ACTS_OF_MENU: Readonly<Partial<Record<AlertRule, string>>> = {
  'pending-restart': 'rolling-restart for all its databases in order, restart for this one',
  'replay-paused': 'resume-replay lets it replay again',
  'slot-inactive': 'drop-slot, once nobody needs it',
  'slot-retained': 'drop-slot, once nobody needs it',
  'slot-lost': 'drop-slot: what used it has to be rebuilt',
}

/** The actions that end it, with their keys now; none if actions are refused here. */
function actsOf({ alert }: AlertRow, { state, cluster, picture }: ListContext) {
  if (!picture || state.readOnly || cluster.spec.readOnly) return []
  const inMenu = ACTS_OF_MENU[alert.rule]
  if (inMenu !== undefined) return [{ key: currentKey(state, 'a'), does: inMenu }]
  const startable = new Set(cluster.spec.servers.flatMap(({ id, canStart }) => (canStart ? [id] : [])))
  const acts = [actAfter(alert, picture), startAfter(alert, picture, startable)].filter((act) => act !== null)
  return acts.map(({ action, key, does }) => ({ key: currentActionKey(state, `do-${action}`, key), does }))
}

function eventSections(
  { event, severity, name, text, cause, at }: AlertsEventRow,
  context: ListContext,
): readonly DetailSection[] {
  const { now, screen, picture } = context
  const mark = severityMark(severity, screen.glyphs)
  const stands = picture?.alerts.find(
    ({ rule, subject }) => rule === event.rule && isSameSubject(subject, event.subject),
  )
  return [
    {
      title: `EVENT of ${name}`,
      age: `${age(at, now)} ago`,
      fields: [
        ...detailField('when', instant(at)),
        ...detailField('severity', `${mark.text} ${severity}`, mark.style),
        ...detailField('subject', namedSubject(event.subject, name)),
        ...detailField('what', text, 'strong'),
        ...detailField('because', cause),
        ...detailField('alert', event.rule ? `${event.rule}, ${stands ? 'in force now' : 'not in force now'}` : null),
      ],
    },
    eventsOf(event.subject, context),
  ]
}

export function silenceSections(
  { record, name, mutes }: SilenceRow,
  { now, screen }: ListContext,
): readonly DetailSection[] {
  const end = record.until === null ? 'with the alert, or when that grows worse' : instant(record.until)
  const left = record.until === null ? '' : ` (in ${formatSeconds(Math.max(0, record.until - now) / 1000)})`
  return [
    {
      title: record.kind === 'silenced' ? 'SILENCE' : 'ACKNOWLEDGEMENT',
      age: `for ${age(record.at, now)}`,
      fields: [
        ...detailField('rule', record.rule ?? 'every rule'),
        ...detailField('subject', record.subject === null ? 'everything' : (name ?? record.subject)),
        ...detailField('reason', record.reason, 'strong'),
        ...detailField('by', record.by),
        ...detailField('from', instant(record.at)),
        ...detailField('ends', `${end}${left}`),
        ...detailField('to end it now', ':unsil in the palette'),
      ],
    },
    {
      title: 'MUTES NOW',
      age: '',
      fields:
        mutes.length === 0
          ? [[span('no alert in force', 'dim')]]
          : mutes.map((alert): Line => [severityMark(alert.severity, screen.glyphs), span(` ${alert.message}`)]),
    },
  ]
}

function namedSubject(subject: Subject, name: string): string {
  const text = subjectText(subject)
  return text === name ? name : `${name} (${text})`
}

/** The keys that mute an alert, as the user has them. */
export function mutingKeysText(state: ListContext['state'], alert: string): string {
  return `${currentKey(state, 'A')} acknowledges ${alert}, ${currentKey(state, 'Z')} silences it for 1 h`
}

function silencesOf(alert: Alert, { cluster, now, state }: ListContext): DetailSection {
  const covering = cluster.silences.filter((silence) => silenceCovers(silence, alert) && !isSilenceOver(silence, now))
  return {
    title: 'MUTED',
    age: '',
    fields:
      covering.length === 0
        ? detailField('by', `nobody: ${mutingKeysText(state, 'it')}`)
        : covering.map((silence): Line => [span(silenceText(silence, now))]),
  }
}

function eventsOf(subject: Subject, { cluster, now, screen }: ListContext): DetailSection {
  const events = eventsOfSubject(cluster, subject)
  return {
    title: 'EVENTS ABOUT IT',
    age: events.length > EVENTS_SHOWN ? `the newest ${EVENTS_SHOWN} of ${events.length}` : '',
    fields: events.slice(0, EVENTS_SHOWN).map((event) => eventLine(event, now, screen.glyphs)),
  }
}

function eventLine(event: ClusterEvent, now: number, glyphs: ListContext['screen']['glyphs']): Line {
  return [
    span(`${shortInstant(event.at, now).padEnd(11)}  `, 'dim'),
    severityMark(event.severity, glyphs),
    span(` ${event.text}`),
    span(event.cause === undefined ? '' : ` because ${event.cause}`, 'dim'),
  ]
}

const percent = (value: number) => `${value} %`
const days = (value: number) => `${value} d`

/** The limits of a rule, by their names in the model and in the configuration, and their notation. */
const LIMITED: Readonly<
  Partial<Record<AlertRule, readonly [keyof Thresholds, keyof RawAlerts, (value: number) => string]>>
> = {
  'replication-lag': ['replicationLagBytes', 'replicationLagBytes', formatBytes],
  'replication-lag-seconds': ['replicationLagSeconds', 'replicationLagSeconds', formatSeconds],
  'slot-retained': ['slotRetainedBytes', 'slotRetained', formatBytes],
  sessions: ['sessionsPercent', 'sessionsPercent', percent],
  'connections-for-users': ['sessionsPercent', 'sessionsPercent', percent],
  'transaction-age': ['transactionAgeSeconds', 'transactionAge', formatSeconds],
  'prepared-transactions': ['preparedTransactionAgeSeconds', 'preparedTransactionAge', formatSeconds],
  'xmin-horizon': ['xminHorizonAge', 'xminHorizonAge', idsText],
  wraparound: ['transactionIdAge', 'transactionIdAge', idsText],
  multixact: ['multixactIdAge', 'multixactIdAge', idsText],
  'lock-waits': ['lockWaitsSeconds', 'lockWaits', formatSeconds],
  'idle-in-transaction': ['idleInTransactionSeconds', 'idleInTransaction', formatSeconds],
  'replay-stalled': ['replayStalledSeconds', 'replayStalled', formatSeconds],
  'archiver-stalled': ['archiverStalledSeconds', 'archiverStalled', formatSeconds],
  'commits-wait': ['commitWaitSeconds', 'commitWait', formatSeconds],
  certificate: ['certificateDays', 'certificateDays', days],
  disk: ['diskFreePercent', 'diskFreePercent', percent],
  'backup-age': ['backupAgeSeconds', 'backupAge', formatSeconds],
}

function limitsOf(rule: AlertRule, thresholds: Thresholds): string | null {
  const limited = LIMITED[rule]
  if (!limited) return null
  const [name, key, write] = limited
  const { warning, critical }: Limits = thresholds[name]
  return `warning ${write(warning)}, critical ${write(critical)} (${key} in the config)`
}

/** At most `room` lines: the message, the cause, the silence, the key that leads on. */
export function alertPreview(row: AlertRow | AlertsEventRow, context: ListContext, room: number): readonly Line[] {
  const { now, screen, state } = context
  const paragraph = (text: string, style: TextStyle): readonly Line[] =>
    wrapText(text, screen.columns - 4).map((piece) => [span(`   ${piece}`, style)])
  const quiet = row.kind === 'alert' ? row.mutedBy : null
  const next = row.kind === 'alert' ? nextStepAfter(row.alert) : null
  const acts = row.kind === 'alert' ? actsOf(row, context) : []
  return [
    ...paragraph(`${row.name}: ${row.text}`, 'strong'),
    ...(row.cause === null ? [] : paragraph(`because ${row.cause}`, 'plain')),
    ...(quiet ? paragraph(silenceText(quiet, now), 'dim') : []),
    ...acts.map(({ key, does }) =>
      cutLine([span(`   ${key}`, 'key'), span(` ${does}`, 'dim')], screen.columns, screen.glyphs.ellipsis),
    ),
    ...(next ? [[span(`   ${currentKey(state, next.key)}`, 'key'), span(` ${next.does}`, 'dim')]] : []),
  ].slice(0, room)
}

/** One remedy if it is clear which database to keep; else each, with its reasons and its cost. */
function splitBrainFields({ splitBrains }: Picture): readonly DetailField[] {
  return splitBrains.flatMap((split) => splitBrainAdvice(split).flatMap(choice))
}

function choice({ name, reason, cost, remedies }: SplitBrainAdvice): readonly DetailField[] {
  return [
    ...detailField(`to keep ${name}`, reason === null ? cost : `${reason}; ${cost}`, 'strong'),
    ...remedies.flatMap(({ label, text }) => detailField(label, text)),
  ]
}

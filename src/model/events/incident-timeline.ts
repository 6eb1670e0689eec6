// A timeline of a cluster as Markdown for a post-mortem: one table in the order of time.

import { redact } from '../logs/redact.ts'
import type { Alert } from '../picture/picture.ts'
import { subjectText } from '../picture/subject.ts'
import { clean } from '../values/text.ts'
import { formatBytes, formatSeconds } from '../values/units.ts'
import type { RecordedFigure } from './incident-figures.ts'

type IncidentKind = 'state' | 'act' | 'task' | 'alert' | 'log'

export interface IncidentEntry {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly kind: IncidentKind
  /** Id of the node; null for the whole cluster. */
  readonly subject: string | null
  readonly text: string
}

export interface IncidentTimeline {
  readonly cluster: string
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly to: number
  readonly entries: readonly IncidentEntry[]
  /** Active at the end. */
  readonly alerts: readonly Alert[]
  /** The state at the end, one sentence each. */
  readonly now: readonly string[]
  /** The highest figures of that time; empty if nothing was recorded. */
  readonly figures: readonly RecordedFigure[]
  /** What could not be read. */
  readonly missing: readonly string[]
}

const KINDS: Readonly<Record<IncidentKind, string>> = {
  state: 'state',
  act: '**act**',
  task: 'task',
  alert: 'alert',
  log: 'server log',
}

/** Returns the document. Times are UTC, secrets are removed, and no text can become markup. */
export function incidentMarkdown(timeline: IncidentTimeline): string {
  const { cluster, from, to, entries, alerts, now, figures, missing } = timeline
  const ordered = [...entries].sort((a, b) => a.at - b.at)
  const days = new Set(ordered.map(({ at }) => day(at))).size > 1
  const rows = ordered.map((entry) => row(entry, days))
  return [
    `# What happened in ${plain(cluster)}`,
    '',
    `From ${instant(from)} to ${instant(to)}. All times are UTC.`,
    '',
    `## At the end, ${instant(to)}`,
    '',
    ...listOf(now, 'The state is unknown.'),
    '',
    `### Alerts in force (${alerts.length})`,
    '',
    ...listOf(alerts.map(alertText), 'None.'),
    '',
    ...figuresTable(figures),
    `## Timeline (${ordered.length})`,
    '',
    ...(rows.length === 0
      ? ['No entries for this time.']
      : ['| time | kind | of | what |', '| --- | --- | --- | --- |', ...rows]),
    '',
    'State changes are recorded only while a pgdeck runs.',
    ...(missing.length === 0 ? [] : ['', '## Could not be read', '', ...listOf(missing, '')]),
    '',
  ].join('\n')
}

const FIGURES: Readonly<Record<RecordedFigure['figure'], string>> = {
  'inactive-seconds': 'not active, longest',
  'lag-bytes': 'behind its upstream',
  'lag-seconds': 'behind its upstream, in time',
  sessions: 'sessions',
}

function figuresTable(figures: readonly RecordedFigure[]): readonly string[] {
  if (figures.length === 0) return []
  const rows = figures.map(({ subject, figure, highest, at, last }) => {
    const cells = [plain(subject), FIGURES[figure], amount(figure, highest), instant(at), amount(figure, last)]
    return `| ${cells.join(' | ')} |`
  })
  return [
    '## Highest figures',
    '',
    '| of | figure | highest | at | last |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ]
}

function amount(figure: RecordedFigure['figure'], value: number): string {
  if (figure === 'lag-bytes') return formatBytes(value)
  return figure === 'sessions' ? String(value) : formatSeconds(value)
}

function row({ at, kind, subject, text }: IncidentEntry, withDay: boolean): string {
  const time = `${withDay ? `${day(at)} ` : ''}${new Date(at).toISOString().slice(11, 23)}`
  return `| ${time} | ${KINDS[kind]} | ${subject === null ? '' : plain(subject)} | ${plain(text)} |`
}

function alertText({ rule, severity, subject, message, since }: Alert): string {
  return `${severity}: ${rule} of ${subjectText(subject)}, since ${instant(since)}: ${message}`
}

function listOf(items: readonly string[], none: string): readonly string[] {
  return items.length === 0 ? [none] : items.map((item) => `- ${plain(item)}`)
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function instant(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z/, ' UTC')
}

/** Escapes text for Markdown, tables and HTML. */
function plain(text: string): string {
  return clean(redact(text)).replace(/[\\`*_[\]<>|#~]/g, (mark) => (mark === '<' ? '&lt;' : `\\${mark}`))
}

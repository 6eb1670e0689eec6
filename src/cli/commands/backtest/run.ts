// `pgdeck backtest`: the alerts of a recording as they were, and with other limits.

import { basename } from 'node:path'
import { type AlertEpisode, type EpisodeChange, episodeChanges } from '../../../model/alerts/alert-episodes.ts'
import { subjectRecord } from '../../../model/picture/subject.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { formatSeconds } from '../../../model/values/units.ts'
import { backtest, type ClusterBacktest } from '../../../runtime/recording/backtest.ts'
import { openRecordings } from '../../../runtime/recording/recordings.ts'
import { listenForSignals } from '../../invocation/command-signals.ts'
import { CommandError, EXIT_CODES } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { statusLine } from '../../invocation/progress-line.ts'
import { loadAlertLimits } from './alert-limits.ts'

export interface BacktestCommandOptions {
  /** Path of the recording, and of the limits. */
  readonly file: string
  readonly alerts: string
  readonly cluster?: string | undefined
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined
  readonly json: boolean
  readonly output: Output
  readonly notify: (text: string) => void
}

/** Prints the comparison. Resolves to the exit code. Throws ConfigError for wrong limits, CommandError for an unusable file. */
export async function backtestCommand(options: BacktestCommandOptions): Promise<number> {
  const { file, alerts, cluster, since, json, output, notify } = options
  const limits = loadAlertLimits(alerts)
  const recordings = openRecordings({ file })
  const interruption = listenForSignals()
  const line = statusLine(process.stderr, 'replaying')
  try {
    const onProgress = (at: number) => line.show(timeText(at))
    const { signal } = interruption
    const found = await backtest({ recordings, cluster, limits, since, signal, onProgress }).finally(line.clear)
    if (found.length === 0) throw new Error('nothing was recorded in it of that cluster and time')
    await output.write(
      json ? jsonText(backtestDocument(file, found), 'pretty') : found.map((each) => textOf(each, alerts)).join('\n'),
    )
    for (const { cluster: name, missing } of found) for (const each of missing) notify(`missing: ${name}: ${each}`)
    return EXIT_CODES.ok
  } catch (error) {
    const code = interruption.code()
    if (code !== null) return code
    throw new CommandError(`${file}: ${clean(messageOf(error))}`, { cause: error })
  } finally {
    interruption.release()
    await recordings.close()
  }
}

/** The document of `pgdeck backtest --json`. */
export function backtestDocument(file: string, found: readonly ClusterBacktest[]) {
  return {
    schema: 'pgdeck.backtest/1',
    file,
    clusters: found.map(({ cluster, from, to, before, after, missing }) => ({
      cluster,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      recorded: before.map(episodeRecord),
      limits: after.map(episodeRecord),
      missing,
    })),
  }
}

function episodeRecord({ rule, severity, subject, message, since, until, isOpen }: AlertEpisode) {
  return {
    rule,
    severity,
    ...subjectRecord(subject),
    message,
    since: new Date(since).toISOString(),
    until: isOpen ? null : new Date(until).toISOString(),
    seconds: (until - since) / 1_000,
  }
}

function textOf({ cluster, from, to, before, after }: ClusterBacktest, alerts: string): string {
  const name = clean(basename(alerts))
  const rules = [...new Set([...before, ...after].map(({ rule }) => rule))].toSorted()
  const table = [
    ['rule', 'as recorded', `with ${name}`],
    ...rules.map((rule) => [
      rule,
      ...[before, after].map((side) => countText(side.filter((each) => each.rule === rule))),
    ]),
  ]
  const changes = episodeChanges(before, after).map((change) => `  ${changeText(change, name)}`)
  const lines = [
    `${clean(cluster)}, ${timeText(from)} to ${timeText(to)} (${formatSeconds((to - from) / 1_000)})`,
    ...(rules.length === 0 ? ['  no alert, with neither limits'] : aligned(table).map((row) => `  ${row}`)),
    ...(changes.length > 0 || rules.length === 0 ? changes : ['  no difference']),
  ]
  return `${lines.join('\n')}\n`
}

function aligned(table: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** `3, 1 of them critical, 12 min`: how many, how bad, how long in all. */
function countText(episodes: readonly AlertEpisode[]): string {
  if (episodes.length === 0) return 'none'
  const critical = episodes.filter(({ severity }) => severity === 'critical').length
  const seconds = episodes.reduce((sum, { since, until }) => sum + (until - since) / 1_000, 0)
  const bad = critical === 0 ? [] : [critical === episodes.length ? 'critical' : `${critical} of them critical`]
  return [episodes.length, ...bad, formatSeconds(seconds)].join(', ')
}

function changeText({ before, after }: EpisodeChange, name: string): string {
  const told = after ?? before
  if (!told) return ''
  const { rule, since, message } = told
  const what = !before
    ? `only with ${name}: ${told.severity} ${rule}, ${lengthText(told)}`
    : !after
      ? `no more with ${name}: ${told.severity} ${rule}, ${lengthText(told)}`
      : `${rule}: ${spanText(after)} instead of ${spanText(before)}`
  return `${timeText(since)}  ${what}: ${clean(message)}`
}

/** `critical from 02:14:07Z for 3 min`. */
function spanText(episode: AlertEpisode): string {
  return `${episode.severity} from ${timeText(episode.since).slice(11)} for ${lengthText(episode)}`
}

function lengthText({ since, until, isOpen }: AlertEpisode): string {
  return `${formatSeconds((until - since) / 1_000)}${isOpen ? ' and longer' : ''}`
}

function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '')
}

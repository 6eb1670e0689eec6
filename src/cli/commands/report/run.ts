// `pgdeck report`: reports what happened in a cluster since some time, for a post-mortem.

import type { ClusterConfig, Config } from '../../../config/config.ts'
import { currentUser } from '../../../io/process/current-user.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import { logCollectionText } from '../../../model/logs/collection.ts'
import { subjectRecord } from '../../../model/picture/subject.ts'
import { clean } from '../../../model/values/text.ts'
import { collectionDocument } from '../../../runtime/log-collection/collect-logs.ts'
import {
  type IncidentReport,
  writeReportArchive,
  writeTimelineReport,
} from '../../../runtime/log-collection/incident-report.ts'
import { DEFAULT_LOG_BYTES } from '../../../runtime/log-collection/limits.ts'
import { EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import { jsonText, type Output, requireWritableOut } from '../../invocation/output.ts'
import { statusLine } from '../../invocation/progress-line.ts'
import { pollThenWork } from '../../watching/poll-once.ts'

export interface ReportCommandOptions {
  readonly config: Config
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly notify: (text: string) => void
  /** Milliseconds since the epoch. */
  readonly since: number
  /** Ends in `.md` or `.tar.gz`. */
  readonly out: string
  readonly force?: boolean | undefined
  readonly maxSize?: number | undefined
  readonly json: boolean
  readonly output: Output
}

/** Writes the report and prints its contents. Resolves to the exit code. */
export async function reportCommand(options: ReportCommandOptions): Promise<number> {
  const { config, clusterName, since, out, force = false, maxSize = DEFAULT_LOG_BYTES, output, json, notify } = options
  const gather = gathererFor(out)
  requireWritableOut('--out', out, force)
  const cluster = oneCluster(config, clusterName)
  return pollThenWork(options, async (state, signal) => {
    const line = statusLine(process.stderr, 'gathering')
    const [folder, who] = [stateFolder(process.env), currentUser(process.env)]
    const about = { cluster, path: out, force, state, folder, who, since, maxBytes: maxSize, signal }
    const reported = await gather({ ...about, onProgress: line.show }).finally(line.clear)
    await output.write(json ? jsonText(reportDocument(out, reported), 'pretty') : summaryOf(out, reported))
    for (const missing of reported.timeline.missing) notify(`missing: ${missing}`)
    if (reported.unnoted !== null) notify(`warning: ${reported.unnoted}`)
    return EXIT_CODES.ok
  })
}

function gathererFor(out: string): typeof writeReportArchive {
  if (/\.md$/i.test(out)) return writeTimelineReport
  if (/\.(?:tar\.gz|tgz)$/i.test(out)) return writeReportArchive
  throw new UsageError(`report: --out "${clean(out)}": allowed: a file that ends in .md or in .tar.gz`)
}

function oneCluster({ clusters }: Config, name: string | undefined): ClusterConfig {
  const named = name === undefined ? clusters : clusters.filter(({ spec }) => spec.name === name)
  const [cluster, other] = named
  const names = clusters.map(({ spec }) => spec.name).join(', ')
  if (!cluster) throw new UsageError(`there is no cluster "${clean(name ?? '')}"; there are ${names}`)
  if (other) throw new UsageError(`report: there are several clusters: say --cluster NAME, of ${names}`)
  return cluster
}

/** The document of `pgdeck report --json`. */
export function reportDocument(file: string, { timeline, collections }: IncidentReport) {
  const { entries, from, to, ...rest } = timeline
  return {
    schema: 'pgdeck.report/1',
    file,
    ...rest,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    alerts: rest.alerts.map((alert) => {
      return { ...alert, ...subjectRecord(alert.subject), since: new Date(alert.since).toISOString() }
    }),
    figures: rest.figures.map((figure) => ({ ...figure, at: new Date(figure.at).toISOString() })),
    entries: entries
      .toSorted((a, b) => a.at - b.at)
      .map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() })),
    nodes: collections.map(collectionDocument),
  }
}

function summaryOf(file: string, { timeline, collections }: IncidentReport): string {
  const lines = [
    `${file}: ${timeline.entries.length} entries since ${new Date(timeline.from).toISOString()}`,
    ...collections.map((collection) => `  ${collection.node}: ${logCollectionText(collection)}`),
  ]
  return `${lines
    .map(clean)
    .map((line, index) => (index === 0 ? line : `  ${line.trim()}`))
    .join('\n')}\n`
}

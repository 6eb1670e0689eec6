// `pgdeck runs`: lists past runs with their user and outcome, and runs in progress on any host; or one run with all
// its steps.

import type { Config } from '../../../config/config.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import { type ClusterRun, runProgressText } from '../../../model/runs/lock/cluster-run.ts'
import { formatRunName, parseRunName } from '../../../model/runs/lock/run-name.ts'
import { isUnfinishedRun, type Run } from '../../../model/runs/run.ts'
import { runDocument } from '../../../model/runs/run-document.ts'
import { formatSeconds } from '../../../model/values/units.ts'
import { loadRun, loadRuns } from '../../../runtime/runs/log/run-store.ts'
import { clusterRunDocument } from '../../../state/documents/run-document.ts'
import { UNICODE_GLYPHS } from '../../../ui/frame/format/glyphs.ts'
import { EMPTY_LINE, line, span, type TextSpan } from '../../../ui/frame/format/line.ts'
import { planLines } from '../../../ui/frame/format/plan-lines.ts'
import { runEndLine } from '../../../ui/frame/format/run-lines.ts'
import { CommandError, EXIT_CODES } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter, type TextColumn, textTable } from '../../text/print.ts'
import { pollOnce } from '../../watching/poll-once.ts'

export interface RunsOptions {
  readonly run: string | undefined
  /** The servers to ask for runs in progress; null: none. */
  readonly watched: Config | null
  readonly clusterName: string | undefined
  readonly intervalMs: number | undefined
  readonly json: boolean
  readonly colour: boolean
  readonly output: Output
  readonly notify: (text: string) => void
}

/** A run in progress, as the servers of a cluster show it. */
interface ObservedRun {
  readonly cluster: string
  readonly run: ClusterRun
}

/**
 * Prints the runs of the state directory, and the runs in progress on any host, as the servers show them. Resolves to
 * the exit code: 1 if the run does not exist, that of a signal.
 */
export async function runsCommand(options: RunsOptions): Promise<number> {
  const { run: id, json, output, colour, clusterName, notify } = options
  const folder = stateFolder(process.env)
  const print = await linePrinter(colour)
  if (id !== undefined) {
    const run = await loadRun(folder, id)
    if (!run) throw new CommandError(`there is no run ${id}; pgdeck runs lists them`)
    if (json) await output.write(jsonText(runDocument(run), 'pretty'))
    else
      await output.write(print([...planLines(run, UNICODE_GLYPHS), EMPTY_LINE, ...outputLines(run), runEndLine(run)]))
    return EXIT_CODES.ok
  }
  const { runs, unreadable } = await loadRuns(folder)
  for (const why of unreadable) notify(`warning: ${why}`)
  const shown = runs.filter(({ plan }) => clusterName === undefined || plan.cluster === clusterName)
  const { seen, code } = await goingOn(options)
  if (code !== EXIT_CODES.ok) return code
  const elsewhere = seen.filter((each) => !shown.some((run) => isSeen(run, each)))
  if (json) await output.write(jsonText(runsDocument(shown, elsewhere), 'pretty'))
  else if (shown.length + elsewhere.length === 0) await output.write('nothing was done yet\n')
  else {
    const rows = [...elsewhere.map(elsewhereRow), ...shown.map((run) => keptRow(run, seen))]
    await output.write(print(textTable(COLUMNS, rows, '')))
  }
  return EXIT_CODES.ok
}

async function goingOn({ watched, clusterName, intervalMs }: RunsOptions) {
  const isWatched = watched?.clusters.some(({ spec }) => clusterName === undefined || spec.name === clusterName)
  let seen: readonly ObservedRun[] = []
  if (watched === null || !isWatched) return { seen, code: EXIT_CODES.ok }
  const code = await pollOnce({ config: watched, clusterName, intervalMs }, async ({ clusters }) => {
    seen = clusters.flatMap(({ spec, picture }) => (picture?.runs ?? []).map((run) => ({ cluster: spec.name, run })))
    return EXIT_CODES.ok
  })
  return { seen, code }
}

/** Whether the servers show this run: it is in this state directory, not ended, with the same action and target. */
function isSeen(run: Run, { cluster, run: { by, action, target } }: ObservedRun): boolean {
  const { plan, owner } = run
  if (!isUnfinishedRun(run) || plan.cluster !== cluster || owner === null) return false
  const name = parseRunName(
    formatRunName({ user: run.who.user, hostname: owner.host }, plan.action, plan.target?.id ?? null),
  )
  return name?.by === by && name.action === action && name.target === target
}

/** The document of `pgdeck runs --json`. */
export function runsDocument(runs: readonly Run[], elsewhere: readonly ObservedRun[]) {
  return {
    schema: 'pgdeck.runs/1',
    runs: runs.map(runDocument),
    elsewhere: elsewhere.map(({ cluster, run }) => ({ cluster, ...clusterRunDocument(run) })),
  }
}

function outputLines({ output }: Run) {
  return output.map(({ at, text }) => line(span(new Date(at).toISOString(), 'dim'), `  ${text}`))
}

interface Row {
  readonly id: string
  readonly cluster: string
  readonly who: string
  readonly state: TextSpan
  readonly took: string
  readonly why: string
}

function keptRow(run: Run, seen: readonly ObservedRun[]): Row {
  const { id, plan, who, why, startedAt, endedAt } = run
  const now = seen.find((each) => isSeen(run, each))
  const state = now ? stepText(now.run) : isUnfinishedRun(run) ? 'running or interrupted' : run.state
  return {
    id,
    cluster: plan.cluster,
    who: who.user,
    state: span(state, run.state === 'done' ? 'ok' : 'warning'),
    took: startedAt === null || endedAt === null ? '' : formatSeconds((endedAt - startedAt) / 1000),
    why: why ?? '',
  }
}

/** Its journal is on another host or in another state directory. Only its sessions show it. */
function elsewhereRow({ cluster, run }: ObservedRun): Row {
  const { by, action, target, sessions } = run
  const places = sessions.map(({ databaseId, pid, role }) => `process ${pid} of role ${role ?? '?'} on ${databaseId}`)
  return {
    id: `${action}${target === null ? '' : ` ${target}`} (elsewhere)`,
    cluster,
    who: by,
    state: span(stepText(run), 'warning'),
    took: '',
    why: places.join(', '),
  }
}

function stepText({ step, steps }: ClusterRun): string {
  return `running, ${runProgressText({ step, steps })}`
}

const COLUMNS: readonly TextColumn<Row>[] = [
  { title: 'RUN', align: 'left', cell: ({ id }) => span(id, 'strong') },
  { title: 'CLUSTER', align: 'left', cell: ({ cluster }) => cluster },
  { title: 'WHO', align: 'left', cell: ({ who }) => who },
  { title: 'STATE', align: 'left', cell: ({ state }) => state },
  { title: 'TOOK', align: 'right', cell: ({ took }) => took },
  { title: 'WHY', align: 'left', cell: ({ why }) => why },
]

// `pgdeck runs`: what was done, by whom, and how it ended; one run with all its steps.

import { stateFolder } from '../io/state-folder.ts'
import { runDocument } from '../model/operation/document.ts'
import { isUnfinished, type Run } from '../model/operation/run.ts'
import { formatSeconds } from '../model/quantity.ts'
import { keptRun, keptRuns } from '../runtime/acts/kept.ts'
import { UNICODE } from '../ui/format/glyphs.ts'
import { EMPTY, line, span } from '../ui/format/line.ts'
import { endLine, planLines } from '../ui/format/plan-lines.ts'
import { jsonText, type Output } from './output.ts'
import { printer } from './text/paint.ts'
import { type Column, table } from './text/table.ts'
import { CommandError, EXIT } from './usage.ts'

export interface RunsOptions {
  readonly run: string | undefined
  readonly clusterName: string | undefined
  readonly json: boolean
  readonly colour: boolean
  readonly output: Output
  readonly tell: (text: string) => void
}

/** Prints the runs that the state directory keeps. Resolves to the exit code: 1 where there is no such run. */
export async function runsCommand(options: RunsOptions): Promise<number> {
  const { run: id, json, output, colour, clusterName, tell } = options
  const folder = stateFolder(process.env)
  const print = await printer(colour)
  if (id !== undefined) {
    const run = await keptRun(folder, id)
    if (!run) throw new CommandError(`there is no run ${id}; pgdeck runs lists them`)
    if (json) await output.write(jsonText(runDocument(run), 'pretty'))
    else await output.write(print([...planLines(run, UNICODE), EMPTY, ...outputLines(run), endLine(run)]))
    return EXIT.ok
  }
  const { runs, unreadable } = await keptRuns(folder)
  for (const why of unreadable) tell(`warning: ${why}`)
  const shown = runs.filter(({ plan }) => clusterName === undefined || plan.cluster === clusterName)
  if (json) await output.write(jsonText({ schema: 'pgdeck.runs/1', runs: shown.map(runDocument) }, 'pretty'))
  else if (shown.length === 0) await output.write('nothing was done yet\n')
  else await output.write(print(table(COLUMNS, shown, '')))
  return EXIT.ok
}

function outputLines({ output }: Run) {
  return output.map(({ at, text }) => line(span(new Date(at).toISOString(), 'dim'), `  ${text}`))
}

const COLUMNS: readonly Column<Run>[] = [
  { title: 'RUN', align: 'left', cell: ({ id }) => span(id, 'strong') },
  { title: 'CLUSTER', align: 'left', cell: ({ plan }) => plan.cluster },
  { title: 'WHO', align: 'left', cell: ({ who }) => who.user },
  { title: 'STATE', align: 'left', cell: (run) => span(stateText(run), run.state === 'done' ? 'ok' : 'warning') },
  { title: 'TOOK', align: 'right', cell: took },
  { title: 'WHY', align: 'left', cell: ({ why }) => why ?? '' },
]

/** A run without an end was cut off, or goes on in another process. */
function stateText(run: Run): string {
  return isUnfinished(run) ? 'running or cut off' : run.state
}

function took({ startedAt, endedAt }: Run): string {
  return startedAt === null || endedAt === null ? '' : formatSeconds((endedAt - startedAt) / 1000)
}

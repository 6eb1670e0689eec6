// `pgdeck topology`: one poll, then the tree as text, JSON or a Graphviz graph.

import type { Config } from '../../../config/config.ts'
import type { ProgramLog } from '../../../io/files/program-log.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import type { State } from '../../../state/state.ts'
import { EXIT_CODES } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter, type PrintLines } from '../../text/print.ts'
import { allUnreachable, pollOnce } from '../../watching/poll-once.ts'
import { dotText } from './dot.ts'
import { topologyDocument } from './json.ts'
import { topologyTreeLines } from './text.ts'

type TopologyFormat = 'text' | 'json' | 'dot'

export interface TopologyOptions {
  readonly config: Config
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly notify?: ((text: string) => void) | undefined
  readonly format: TopologyFormat
  readonly colour: boolean
  readonly log?: ProgramLog | undefined
  readonly trace?: TraceRecorder | undefined
  readonly output: Output
}

/** Polls once and prints the topology. Resolves to the exit code. */
export async function topologyCommand(options: TopologyOptions): Promise<number> {
  const print = await linePrinter(options.colour)
  return pollOnce(options, async (state) => {
    await options.output.write(topologyText(state, options.format, print))
    return allUnreachable(state) ? EXIT_CODES.unreachable : EXIT_CODES.ok
  })
}

/** The topology of a state in one of the formats. */
function topologyText(state: State, format: TopologyFormat, print: PrintLines): string {
  if (format === 'text') return print(topologyTreeLines(state.clusters))
  const document = topologyDocument(state, state.now)
  return format === 'json' ? jsonText(document, 'pretty') : dotText(document)
}

// `pgdeck status`: one poll, or one per interval, as text or JSON.

import type { Config } from '../../../config/config.ts'
import type { ProgramLog } from '../../../io/files/program-log.ts'
import type { Health } from '../../../model/picture/picture.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import { statusDocument } from '../../../state/documents/status-json.ts'
import type { State } from '../../../state/state.ts'
import { EXIT_CODES, HEALTH_EXIT_CODES } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter, type PrintLines } from '../../text/print.ts'
import { allUnreachable, pollUntilDone } from '../../watching/poll-once.ts'
import { statusLines } from './text.ts'

export interface StatusOptions {
  readonly config: Config
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly notify?: ((text: string) => void) | undefined
  readonly json: boolean
  readonly watch: boolean
  readonly colour: boolean
  readonly log?: ProgramLog | undefined
  readonly trace?: TraceRecorder | undefined
  readonly output: Output
}

const WORST_FIRST: readonly Health[] = ['critical', 'warning', 'unknown', 'ok']

/** Polls and prints. Resolves to the exit code: by health, 69 if nothing answered, that of a signal. */
export async function statusCommand(options: StatusOptions): Promise<number> {
  const print = await linePrinter(options.colour)
  return pollUntilDone({ ...options, isRepeated: options.watch }, async (state) => {
    await options.output.write(statusText(state, options, print))
    return options.watch ? null : statusExitCode(state)
  })
}

/** The text of a state. With `watch`, an empty line separates texts; each document is one line. */
export function statusText(state: State, options: Pick<StatusOptions, 'json' | 'watch'>, print: PrintLines): string {
  if (options.json) return jsonText(statusDocument(state, Date.now()), options.watch ? 'line' : 'pretty')
  return print(statusLines(state.clusters, state.now)) + (options.watch ? '\n' : '')
}

/** The code of the worst health, in the order of Nagios; 69 if no target could be reached. */
function statusExitCode(state: State): number {
  if (allUnreachable(state)) return EXIT_CODES.unreachable
  const healths = state.clusters.map(({ picture }) => picture?.health ?? 'unknown')
  return HEALTH_EXIT_CODES[WORST_FIRST.find((health) => healths.includes(health)) ?? 'unknown']
}

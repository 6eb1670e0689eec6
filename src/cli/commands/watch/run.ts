// `pgdeck watch`: runs the monitor over configured clusters, or over the cluster of a connection string.

import type { Config } from '../../../config/config.ts'
import type { ProgramLog } from '../../../io/files/program-log.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import { openScreenPreferences } from '../../../runtime/stores/screen-preferences.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import { CommandError } from '../../invocation/exit-codes.ts'
import type { RecordedTime } from '../../invocation/shared-options.ts'
import { openRecorder } from '../../watching/recording.ts'
import { showScreen } from '../../watching/screen.ts'
import { adoptDiscoveredNodes, openWatchSession, type WatchSession } from '../../watching/session.ts'

export interface WatchOptions {
  readonly config: Config
  /** True if the config was made from DSNs: the rest of the cluster is discovered. */
  readonly discovers: boolean
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly press?: string | undefined
  readonly select?: string | undefined
  readonly screenReader?: boolean | undefined
  readonly log: ProgramLog
  readonly trace?: TraceRecorder | undefined
  /** The recorded time to show first, in milliseconds since the epoch. */
  readonly at?: RecordedTime
  readonly record?: boolean
  readonly statements?: boolean
}

/** Runs the monitor; resolves to the exit code. */
export async function watchCommand(options: WatchOptions): Promise<number> {
  const { config, record = config.record?.screen ?? false } = options
  const recorder = record ? await openRecorder(config, options) : undefined
  const session = openWatchSession({ ...options, recorder, withHost: true, records: true })
  // Keys of a runbook always start from the same view, and leave no trace in the user's own state.
  const memory =
    options.press === undefined
      ? openScreenPreferences({ store: session.store, folder: stateFolder(process.env) })
      : null
  memory?.load()
  const { at } = options
  const abort = new AbortController()
  try {
    // Discovery runs beside the screen, which shows the given databases at once.
    if (options.discovers) void adoptDiscoveredNodes(session, options.config, abort.signal)
    if (at !== undefined) await showRecordedTime(session, at(Date.now()))
    return await showScreen({
      session,
      trace: options.trace,
      press: options.press,
      select: options.select,
      screenReader: options.screenReader,
      ui: options.config.ui,
    })
  } finally {
    abort.abort()
    await Promise.all([memory?.close(), session.close()])
  }
}

/** Throws CommandError if nothing was recorded then. */
async function showRecordedTime(session: WatchSession, at: number): Promise<void> {
  const problem = await session.showRecorded({ at })
  if (problem !== null) throw new CommandError(`--at ${new Date(at).toISOString()}: ${problem}`)
}

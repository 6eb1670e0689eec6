// `pgdeck watch`: runs the monitor over configured clusters, or over the cluster of a connection string.

import type { Config } from '../../../config/config.ts'
import type { ProgramLog } from '../../../io/files/program-log.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import { openScreenPreferences } from '../../../runtime/stores/screen-preferences.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import { showScreen } from '../../watching/screen.ts'
import { adoptDiscoveredNodes, openWatchSession } from '../../watching/session.ts'

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
}

/** Runs the monitor; resolves to the exit code. */
export async function watchCommand(options: WatchOptions): Promise<number> {
  const session = openWatchSession({ ...options, withHost: true, records: true })
  // Keys of a runbook always start from the same view, and leave no trace in the user's own state.
  const memory =
    options.press === undefined
      ? openScreenPreferences({ store: session.store, folder: stateFolder(process.env) })
      : null
  memory?.load()
  const abort = new AbortController()
  try {
    // Discovery runs beside the screen, which shows the given databases at once.
    if (options.discovers) void adoptDiscoveredNodes(session, options.config, abort.signal)
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

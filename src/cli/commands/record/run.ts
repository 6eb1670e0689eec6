// `pgdeck record`: polls at the interval and records until a signal comes.

import type { Config } from '../../../config/config.ts'
import type { ProgramLog } from '../../../io/files/program-log.ts'
import { requireRecordingFolder } from '../../../io/recording/recording-folder.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import { messageOf } from '../../../model/values/fault.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import { aborted, listenForSignals } from '../../invocation/command-signals.ts'
import { CommandError, SIGNAL_EXIT_CODES } from '../../invocation/exit-codes.ts'
import { closeWithinLimit, notifyOfNotices } from '../../watching/poll-once.ts'
import { openRecorder, RECORD_CLOSE_MS } from '../../watching/recording.ts'
import { adoptDiscoveredNodes, openWatchSession } from '../../watching/session.ts'

export interface RecordCommandOptions {
  readonly config: Config
  /** True if the config was made from DSNs: nodes that join are discovered. */
  readonly discovers: boolean
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly statements?: boolean
  readonly notify: (text: string) => void
  readonly log?: ProgramLog
  readonly trace?: TraceRecorder | undefined
}

/** Resolves to the exit code of the signal that ended it. Throws CommandError if nothing can be recorded. */
export async function recordCommand(options: RecordCommandOptions): Promise<number> {
  const folder = requiredFolder()
  const recorder = await openRecorder(options.config, options)
  const interruption = listenForSignals()
  const session = openWatchSession({ ...options, recorder, withHost: true })
  const stopNotices = notifyOfNotices(session.store, options.notify)
  try {
    session.run()
    options.notify(`recording into ${folder}`)
    if (options.discovers) void adoptDiscoveredNodes(session, options.config, interruption.signal)
    await aborted(interruption.signal)
    return interruption.code() ?? SIGNAL_EXIT_CODES.SIGINT
  } finally {
    await closeWithinLimit(session, RECORD_CLOSE_MS)
    stopNotices()
    interruption.release()
  }
}

function requiredFolder(): string {
  try {
    return requireRecordingFolder(stateFolder(process.env))
  } catch (error) {
    throw new CommandError(`nothing can be recorded: ${messageOf(error)}`, { cause: error })
  }
}

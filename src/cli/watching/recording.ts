// The recorder of a command that watches.

import type { Config } from '../../config/config.ts'
import { DEFAULT_RECORD } from '../../config/defaults.ts'
import { stateFolder } from '../../io/state/state-folder.ts'
import type { Recorder } from '../../runtime/recording/recorder.ts'
import { VERSION } from '../invocation/version.ts'
import type { RecordingOptions } from './recording-options.ts'

/** How long the last seconds may take to be written. */
export const RECORD_CLOSE_MS = 2_000

/** Returns the recorder of this configuration. Throws FileError if the state folder is not trusted. */
export async function openRecorder(
  { record = DEFAULT_RECORD }: Config,
  { statements = false }: RecordingOptions,
): Promise<Recorder> {
  const { createRecorder } = await import('../../runtime/recording/recorder.ts')
  return createRecorder({
    stateFolder: stateFolder(process.env),
    version: VERSION,
    statements: statements || record.statements,
    keepMs: record.keepMs,
    maxBytes: record.maxBytes,
  })
}

// `--record`, and the recorder of a watching command.

import { Option } from 'commander'
import type { Config } from '../../config/config.ts'
import { DEFAULT_RECORD } from '../../config/defaults.ts'
import { stateFolder } from '../../io/state/state-folder.ts'
import type { Recorder } from '../../runtime/recording/recorder.ts'
import { VERSION } from '../invocation/version.ts'

export interface RecordingOptions {
  /** Record while the command runs. */
  readonly record?: boolean
  /** Record the text of statements too. */
  readonly statements?: boolean
}

/** How long the last seconds may take to be written. */
export const RECORD_CLOSE_MS = 2_000

/** `--record`, for commands that watch. */
export function recordOption(): Option {
  return new Option('--record', 'record what is seen, to look at it later with --at')
}

/** `--statements`, for commands that record. */
export function statementsOption(): Option {
  return new Option('--statements', 'record the text of statements too: literals in it may be data of users')
}

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

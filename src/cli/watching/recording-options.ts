// The options of recording. Every command declares its own at each start, so nothing else is loaded here.

import { Option } from 'commander'

export interface RecordingOptions {
  /** Record while the command runs. */
  readonly record?: boolean
  /** Record the text of statements too. */
  readonly statements?: boolean
}

/** `--record`, for commands that watch. */
export function recordOption(): Option {
  return new Option('--record', 'record what is seen, to look at it later with --at')
}

/** `--statements`, for commands that record. */
export function statementsOption(): Option {
  return new Option('--statements', 'record the text of statements too: literals in it may be data of users')
}

// Settings whose value in the configuration takes effect only after a restart, and how they are told.

export interface PendingRestart {
  /** In alphabetical order. */
  readonly names: readonly string[]
  /** False: others may wait that the server does not tell this session. */
  readonly isComplete: boolean
}

/** So many names are told. */
const NAMED = 5

/** `max_connections and shared_buffers wait for a restart`; "no setting" if there is none. */
export function pendingRestartText(names: readonly string[]): string {
  const [first, ...rest] = names
  if (first === undefined) return 'no setting waits for a restart'
  if (rest.length === 0) return `${first} waits for a restart`
  const left = names.length - NAMED
  const named = left > 0 ? [...names.slice(0, NAMED), `${left} more`] : names
  return `${named.slice(0, -1).join(', ')} and ${named.at(-1)} wait for a restart`
}

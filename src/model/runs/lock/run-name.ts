// The application_name of the sessions that hold a cluster for a run: it names the run and its user.

/** The run and its user by the name of a session. Any user can give a session such a name. */
export interface RunName {
  /** `ann@jump-1`. */
  readonly by: string
  readonly action: string
  /** Id of its target, shortened if it is long; null for the whole cluster. */
  readonly target: string | null
}

export const RUN_NAME_PREFIX = 'pgdeck run: '
/** PostgreSQL truncates longer names. */
const LONGEST = 63
const LONGEST_ACTION = 20
const SHORTEST_TARGET = 12

export interface RunOperator {
  /** The user as in the audit log: `ann`, `ann as root`. */
  readonly user: string
  readonly hostname: string
}

/** `pgdeck run: ann@jump-1 promote db-ro`: printable ASCII, 63 characters at most. */
export function formatRunName({ user, hostname }: RunOperator, action: string, target: string | null): string {
  const by = word(`${user.split(' as ')[0] ?? user}@${hostname.split('.')[0] ?? hostname}`)
  const what = word(action).slice(0, LONGEST_ACTION)
  const room = LONGEST - RUN_NAME_PREFIX.length - what.length - 1 - (target === null ? 0 : 1)
  const on = target === null ? '' : word(target).slice(0, Math.max(SHORTEST_TARGET, room - by.length))
  const words = [by.slice(0, room - on.length), what, ...(target === null ? [] : [on])]
  return `${RUN_NAME_PREFIX}${words.join(' ')}`
}

/** null for another name. */
export function parseRunName(application: string): RunName | null {
  if (!application.startsWith(RUN_NAME_PREFIX)) return null
  const [by = '', action = '', target] = application.slice(RUN_NAME_PREFIX.length).split(' ')
  return by === '' || action === '' ? null : { by, action, target: target ?? null }
}

/** Blanks separate the parts of the name, and the server replaces characters that are not ASCII. */
function word(text: string): string {
  const plain = text.replace(/[^!-~]+/g, '_')
  return plain === '' ? '_' : plain
}

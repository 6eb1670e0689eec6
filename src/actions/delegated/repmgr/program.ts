// Runs repmgr on a host, as the owner of the data: its output, what it says of a failure, and whether it runs now.

import type { HostConnection } from '../../../io/hosts/host-connection.ts'
import { onAbort } from '../../../io/network/wait-timeout.ts'
import { OutcomeUnknown } from '../../../model/runs/action-error.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { requireHost } from '../../hosts/host-programs.ts'
import { type RepmgrRequest, VERBS } from './request.ts'

/** Where repmgr is run, and as whom. */
export type RepmgrPlace = Pick<RepmgrRequest, 'host' | 'prefix' | 'program' | 'file'>

/** `said`: lines of its messages. */
export interface RepmgrAnswer {
  readonly exitCode: number | null
  readonly stdout: string
  readonly said: readonly string[]
}

// Its ssh and libpq look for keys and passwords in the home of the user who runs it; runuser keeps another one.
const AT_HOME = `h=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6); [ -n "$h" ] && export HOME="$h"; export LC_ALL=C`

/** $1 repmgr, $2 its file, then the words of the command. */
const RUN = `${AT_HOME}; p=$1; f=$2; shift 2; exec "$p" -f "$f" "$@"`

/**
 * The daemons must not choose another node meanwhile. In one script, so that they are resumed also when pgdeck is lost. A node
 * that is down can't be paused: the code of that is not looked at.
 */
const PAUSED_MEANWHILE = `${AT_HOME}; p=$1; f=$2; shift 2
"$p" -f "$f" service pause
"$p" -f "$f" "$@"
c=$?
"$p" -f "$f" service unpause
exit "$c"`

/** Longer than any copy of a database takes. */
const LIMIT_MS = 7 * 24 * 3600_000

/** Longer than the limits of repmgr's own steps together: clients of a pool may be waiting. It is not ended then. */
const PATIENCE_MS = 300_000

/**
 * Runs it to its end, also if pgdeck or the connection is lost: half a switchover helps nobody. Throws FaultError without
 * access, and OutcomeUnknown when the run is stopped meanwhile.
 */
export function runRepmgr(
  place: RepmgrPlace,
  words: readonly string[],
  tools: ActionToolbox,
  pausesDaemons = false,
): Promise<RepmgrAnswer> {
  const argv = argvOf(place, words, pausesDaemons ? PAUSED_MEANWHILE : RUN)
  const copies = words.includes('clone') || words.includes('rejoin')
  return runToEnd(requireHost(place.host, tools), argv, tools, copies ? LIMIT_MS : PATIENCE_MS)
}

/** Asks it for something that it answers at once, and that changes nothing. Throws FaultError. */
export async function askRepmgr(
  place: RepmgrPlace,
  words: readonly string[],
  tools: ActionToolbox,
  limitMs = 15_000,
): Promise<RepmgrAnswer> {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(limitMs)])
  const { exitCode, stdout, stderr } = await requireHost(place.host, tools).run(argvOf(place, words, RUN), { signal })
  return { exitCode, stdout, said: linesOf(stderr) }
}

function argvOf({ prefix, program, file }: RepmgrPlace, words: readonly string[], script: string): readonly string[] {
  return [...prefix, 'sh', '-c', script, 'repmgr-by-pgdeck', program, file, ...words]
}

async function runToEnd(
  connection: HostConnection,
  argv: readonly string[],
  tools: ActionToolbox,
  patienceMs: number,
): Promise<RepmgrAnswer> {
  const lines = lineByLine((line) => tools.writeOutput(line))
  const stopped = Promise.withResolvers<never>()
  const stop = (why: string) => stopped.reject(new OutcomeUnknown(stillRuns(why, connection.name)))
  const forget = onAbort(tools.signal, () => stop('the run was stopped'))
  const patience = setTimeout(() => stop('it takes too long'), patienceMs)
  const ended = connection.run(argv, { signal: AbortSignal.timeout(LIMIT_MS), onOutput: lines, survivesLoss: true })
  try {
    const { exitCode, stdout, stderr } = await Promise.race([ended, stopped.promise])
    return { exitCode, stdout, said: linesOf(stderr) }
  } catch (error) {
    // It was sent: only its effect tells.
    if (!(error instanceof FaultError) || error instanceof OutcomeUnknown || error.fault.code === 'auth') throw error
    throw new OutcomeUnknown(error.fault, { cause: error })
  } finally {
    forget()
    clearTimeout(patience)
    ended.catch(() => {})
  }
}

function stillRuns(why: string, host: string) {
  const message = `${why}, and repmgr continues on ${host}`
  return { code: 'timeout', message, hint: 'Resume the run to see how it ends.' } as const
}

function lineByLine(write: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) write(line)
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [clean(line.trim())]))
}

/** Why it failed, by its own messages: the last error with its detail, and its hint. */
export function failureOf({ exitCode, said }: RepmgrAnswer): { readonly why: string; readonly hint: string | null } {
  const at = said.findIndex((line) => line.startsWith('ERROR: '))
  const after = said.slice(at + 1)
  const hint = after.find((line) => line.startsWith('HINT: '))
  const error = said[at]?.slice('ERROR: '.length) ?? said.at(-1) ?? `it ended with ${exitCode ?? '?'}`
  const detail = detailIn(after)
  return { why: detail === null ? error : `${error} (${detail})`, hint: hint?.slice('HINT: '.length) ?? null }
}

/** Of a message of libpq only its own lines tell something; repmgr puts them below an empty detail. */
function detailIn(lines: readonly string[]): string | null {
  const at = lines.findIndex((line) => line.startsWith('DETAIL:'))
  const first = lines[at]?.slice('DETAIL:'.length).trim() ?? ''
  if (at < 0 || (first !== '' && !first.endsWith(':'))) return first === '' ? null : first
  const below = lines[at + 1] ?? ''
  return below === '' || /^[A-Z]+:/.test(below) ? null : below
}

/** The last message of a success. */
export function successOf({ said }: RepmgrAnswer): string {
  const last = said.findLast((line) => /^(NOTICE|INFO): /.test(line))
  return last?.replace(/^\w+: /, '') ?? 'it has succeeded'
}

/** Whether such a command runs on its host now; null where the host does not tell. */
export async function isRunning(
  { call, host, file }: Pick<RepmgrRequest, 'call' | 'host' | 'file'>,
  tools: ActionToolbox,
): Promise<boolean | null> {
  const connection = tools.host(host)
  if (!connection || call === 'restart') return null
  try {
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(8_000)])
    const { exitCode, stdout } = await connection.run(['ps', '-ww', '-eo', 'args='], { signal })
    if (exitCode !== 0) return null
    const verb = ` ${VERBS[call]} `
    return stdout
      .split('\n')
      .some((line) => /\brepmgr\b/.test(line) && line.includes(file) && `${line} `.includes(verb))
  } catch (error) {
    if (error instanceof FaultError && !tools.signal.aborted) return null
    throw error
  }
}

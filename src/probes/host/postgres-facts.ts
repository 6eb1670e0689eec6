// What a host shows of PostgreSQL without a connection to it: postmaster.pid, the unit of the service, its processes.

import {
  type Known,
  knownValue,
  type PostmasterState,
  type ServiceState,
  unknownValue,
} from '../../model/measured/host.ts'

/** Parses the lines of postmaster.pid. `program` is the program that has its pid now (null: none). */
export function parsePostmasterPid(lines: readonly string[], program: string | null): Known<PostmasterState> {
  const [pid = '', , started = '', port = '', , , , status = ''] = lines
  if (!/^-?\d+$/.test(pid.trim())) return unknownValue('postmaster.pid holds no pid', 'The server may be writing it.')
  // Pids are reused: only a program that can be PostgreSQL counts. A negative pid is a server in single-user mode.
  const number = Math.abs(Number(pid))
  if (program === null || !/postgres|postmaster|edb/i.test(program))
    return knownValue({ state: 'crashed', pid: number })
  return knownValue({
    state: 'running',
    pid: number,
    port: /^\d+$/.test(port.trim()) ? Number(port) : null,
    startedAt: /^\d+$/.test(started.trim()) ? Number(started) * 1000 : null,
    status: status.trim() || null,
  })
}

/** The state of a server that only the list of processes shows. */
export function postmasterByProcess(pid: number): PostmasterState {
  return { state: 'running', pid, port: null, startedAt: null, status: null }
}

/** Parses what `systemctl show` prints of one unit. */
export function parseServiceStatus(lines: readonly string[], unit: string): Known<ServiceState> {
  const value = (key: string) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1)
  const active = value('ActiveState')
  if (lines[0] === 'none')
    return unknownValue('systemd does not run there', 'Set another command in "start", or leave it out.')
  if (active === undefined) return unknownValue(lines.join(' ').slice(0, 200) || 'systemctl did not answer', null)
  if (value('LoadState') === 'not-found')
    return unknownValue(`there is no unit ${unit}`, 'Correct the name of the unit in "start".')
  return knownValue({ unit, active, sub: value('SubState') ?? '' })
}

/**
 * Returns the unit in `start`: the last word of `systemctl … start UNIT`, with or without sudo before it; else null.
 */
export function systemdUnitOf(start: readonly string[] | null): string | null {
  const words = start ?? []
  const at = words.findIndex((word) => /(^|\/)systemctl$/.test(word))
  if (at < 0 || !words.slice(at).includes('start')) return null
  const unit = words.slice(words.indexOf('start', at) + 1).find((word) => !word.startsWith('-'))
  return unit ?? null
}

/**
 * Returns the pid of the postmaster with this data directory in lines of `ps -o pid=,args=`; null if no line names it.
 */
export function findPostmaster(processes: readonly string[], dataDirectory: string): number | null {
  for (const line of processes) {
    const [, pid, args = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    if (/postgres|postmaster/.test(args) && `${args} `.includes(` -D ${dataDirectory} `)) return Number(pid)
  }
  return null
}

// What a host tells of PostgreSQL without asking it: postmaster.pid, the unit of the service, pg_controldata.

import {
  type ControlFile,
  type Known,
  knownValue,
  type PostmasterState,
  type ServiceState,
  unknownValue,
} from '../../model/measured/host.ts'
import { parseLsn } from '../../model/values/lsn.ts'

/** The lines of postmaster.pid, by the program its pid belongs to now (null: to none). */
export function parsePostmasterPid(lines: readonly string[], program: string | null): Known<PostmasterState> {
  const [pid = '', , started = '', port = '', , , , status = ''] = lines
  if (!/^-?\d+$/.test(pid.trim())) return unknownValue('postmaster.pid holds no pid', 'It may be just being written.')
  // A pid is given again: only a program that can be PostgreSQL counts. A negative one is a server in single-user mode.
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

/** A server of which only the list of processes tells. */
export function postmasterByProcess(pid: number): PostmasterState {
  return { state: 'running', pid, port: null, startedAt: null, status: null }
}

/** What `systemctl show` prints of one unit. */
export function parseServiceStatus(lines: readonly string[], unit: string): Known<ServiceState> {
  const value = (key: string) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1)
  const active = value('ActiveState')
  if (lines[0] === 'none')
    return unknownValue('systemd does not run there', 'Name another way in "start", or leave it out.')
  if (active === undefined) return unknownValue(lines.join(' ').slice(0, 200) || 'systemctl gave no answer', null)
  if (value('LoadState') === 'not-found')
    return unknownValue(`there is no unit ${unit}`, 'Correct the name of the unit in "start".')
  return knownValue({ unit, active, sub: value('SubState') ?? '' })
}

/** The unit that `start` names: the last word of `systemctl … start UNIT`, with or without sudo before; else null. */
export function systemdUnitOf(start: readonly string[] | null): string | null {
  const words = start ?? []
  const at = words.findIndex((word) => /(^|\/)systemctl$/.test(word))
  if (at < 0 || !words.slice(at).includes('start')) return null
  const unit = words.slice(words.indexOf('start', at) + 1).find((word) => !word.startsWith('-'))
  return unit ?? null
}

/** What pg_controldata prints in the C locale; null when that is not its output. */
export function parsePgControldata(lines: readonly string[]): ControlFile | null {
  const table = new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^([^:]+):\s+(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, value.trim()] as const]
    }),
  )
  const state = table.get('Database cluster state')
  const systemIdentifier = table.get('Database system identifier')
  if (state === undefined || systemIdentifier === undefined) return null
  const lsn = (name: string) => parseLsn(table.get(name))
  const minRecoveryLsn = lsn('Minimum recovery ending location')
  return {
    state,
    systemIdentifier,
    checkpointLsn: lsn('Latest checkpoint location'),
    redoLsn: lsn("Latest checkpoint's REDO location"),
    timeline: timeline(table.get("Latest checkpoint's TimeLineID")),
    // Zero means: there is none, it is not in recovery.
    minRecoveryLsn: minRecoveryLsn === 0n ? null : minRecoveryLsn,
    minRecoveryTimeline: timeline(table.get("Min recovery ending loc's timeline")),
  }
}

function timeline(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : null
}

/** The main process of the server with this data directory in lines of `ps -o pid=,args=`; null when none names it. */
export function findPostmaster(processes: readonly string[], dataDirectory: string): number | null {
  for (const line of processes) {
    const [, pid, args = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    if (/postgres|postmaster/.test(args) && `${args} `.includes(` -D ${dataDirectory} `)) return Number(pid)
  }
  return null
}

// Makes the facts of a host from the output of the script. A missing section leaves only its own figures unknown.

import { parseCpu, parseDisks, parseLoad, parseMemory, parseNetworks } from '../../io/hosts/proc-tables.ts'
import { parsePgControldata } from '../../model/measured/controldata.ts'
import {
  type DiskSpace,
  type FileSystem,
  type HostFacts,
  type Known,
  knownValue,
  type PostmasterState,
  unknownValue,
} from '../../model/measured/host.ts'
import { parseDfBlocks, parseDfInodes } from './df-output.ts'
import { type HostPaths, measuredPaths } from './measured-paths.ts'
import {
  type HostAccount,
  whyNoControlData,
  whyNotConfigured,
  whyPathUnreadable,
  whyPostmasterHidden,
} from './missing.ts'
import { parsePostmasterPid, parseServiceStatus, postmasterByProcess } from './postgres-facts.ts'
import { parseScriptSections, type ScriptSections } from './script-sections.ts'

/** The script's output, and the instants that bound the reading of its clock. */
export interface HostScriptOutput {
  readonly output: string
  readonly mark: string
  readonly sentAt: number
  readonly heardAt: number
  readonly roundTripMs: number
}

export interface HostScriptContext extends HostAccount {
  readonly subject: HostPaths
}

/** Returns the facts of one sample. `rates` is null, because rates need two samples. */
export function parseHostFacts(sample: HostScriptOutput, about: HostScriptContext): HostFacts {
  const sections = parseScriptSections(sample.output, sample.mark)
  const proc = (file: string) => linesOf(sections, file)
  const [devices, other] = [sections.get('devices') ?? [], sections.get('other') ?? []]
  const named = (kind: string) =>
    devices.flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []))
  const cpu = parseCpu(proc('stat'))
  const memory = parseMemory(proc('meminfo'))
  const second = Number.parseFloat(proc('uptime')[0] ?? '')
  const hostNow = clockOf(sections.get('clock')?.[0])
  const uptimeSeconds = Number.isFinite(second) ? second : uptimeOf(other[4], hostNow?.at ?? null)
  return {
    hostname: proc('sys/kernel/hostname')[0] ?? (other[0] || null),
    system: systemOf(proc('sys/kernel/ostype')[0], proc('sys/kernel/osrelease')[0]) ?? other[1] ?? null,
    cpus: cpu?.cpus || Number.parseInt(other[2] ?? '', 10) || null,
    load:
      parseLoad(proc('loadavg')[0]) ??
      parseLoad(/load averages?: (.*)/.exec(other[3] ?? '')?.[1]?.replaceAll(',', ' ')),
    memory: memory?.memory ?? null,
    swap: memory?.swap ?? null,
    uptimeSeconds,
    clock: hostNow && offset(hostNow, sample),
    roundTripMs: sample.roundTripMs,
    fileSystems: fileSystemsOf(sections, about),
    counters: {
      atSeconds: Number.isFinite(second) ? second : sample.heardAt / 1000,
      cpu: cpu?.times ?? null,
      disks: parseDisks(proc('diskstats'), named('disk')),
      networks: parseNetworks(proc('net/dev'), named('net')),
    },
    rates: null,
    service: serviceOf(sections, about),
    postmaster: postmasterOf(sections, about),
    control: controlOf(sections, about),
  }
}

function systemOf(type: string | undefined, release = ''): string | null {
  return type === undefined ? null : `${type} ${release}`.trim()
}

/** The lines of one file: grep puts its path before each. */
function linesOf(sections: ScriptSections, file: string): readonly string[] {
  const prefix = `${file}:`
  return (sections.get('proc') ?? []).flatMap((line) => (line.startsWith(prefix) ? [line.slice(prefix.length)] : []))
}

interface Clock {
  readonly at: number
  readonly resolutionMs: number
}

/** Parses `date +%s%N`. A system without %N prints a letter or nothing after the whole seconds. */
function clockOf(line: string | undefined): Clock | null {
  const [, seconds, nanoseconds] = /^(\d{9,11}?)(\d{9})?(?:%?N)?$/.exec(line ?? '') ?? []
  if (seconds === undefined) return null
  if (nanoseconds === undefined) return { at: Number(seconds) * 1000 + 500, resolutionMs: 500 }
  return { at: Number(seconds) * 1000 + Number(nanoseconds) / 1e6, resolutionMs: 0 }
}

/** The clock offset as NTP computes it: the host read its clock between our sending and our receiving. */
function offset(clock: Clock, { sentAt, heardAt }: HostScriptOutput): HostFacts['clock'] {
  return {
    offsetMs: clock.at - (sentAt + heardAt) / 2,
    uncertaintyMs: Math.max(1, (heardAt - sentAt) / 2) + clock.resolutionMs,
  }
}

/** macOS and BSD print their boot time: `{ sec = 1700000000, usec = 0 } …`, or the bare number. */
function uptimeOf(line: string | undefined, now: number | null): number | null {
  const [, started] = /(?:sec = |^)(\d{9,11})\b/.exec(line ?? '') ?? []
  return started === undefined || now === null ? null : Math.max(0, now / 1000 - Number(started))
}

function fileSystemsOf(sections: ScriptSections, about: HostScriptContext): readonly FileSystem[] {
  const states = new Map<number, string>()
  for (const line of sections.get('paths') ?? []) {
    const [, number, how] = /^(\d+) ((?:in|shut|not)\b.*)$/.exec(line) ?? []
    // The rest of a name with a line break may look like another line.
    if (how !== undefined && Number(number) === states.size + 1) states.set(Number(number), how)
  }
  const blocks = sections.get('blocks') ?? []
  const [rows, inodes] = [parseDfBlocks(blocks), parseDfInodes(sections.get('inodes') ?? [])]
  const reached = [...states.values()].filter((how) => !how.startsWith('not')).length
  let row = 0
  if (isHung(sections) && rows.length !== reached) return measuredPaths(about.subject).map(hanging)
  return measuredPaths(about.subject).map(({ role, path }, index): FileSystem => {
    const how = states.get(index + 1) ?? 'not reported by the host'
    const realPath = how.startsWith('in ') ? how.slice(3) : null
    if (how.startsWith('not')) return { role, path, realPath, space: whyPathUnreadable(how.slice(4), about) }
    const at = row++
    const space = rows[at]
    if (space === undefined || rows.length !== reached) return { role, path, realPath, space: dfFailed(blocks) }
    const counted: DiskSpace = { ...space, inodes: inodes.length === reached ? (inodes[at] ?? null) : null }
    return { role, path, realPath, space: knownValue(counted) }
  })
}

/** True if the script ended a command on files because it took longer than a second. */
function isHung(sections: ScriptSections): boolean {
  return ['paths', 'blocks', 'inodes', 'postmaster'].some((name) => sections.get(`${name} ended`)?.[0] === '137')
}

const HUNG = unknownValue(
  'its files did not answer within 1 s',
  'A disk or a network file system there hangs: check the kernel log.',
)

function hanging(one: Pick<FileSystem, 'role' | 'path'>): FileSystem {
  return { ...one, realPath: null, space: HUNG }
}

function dfFailed(lines: readonly string[]): Known<never> {
  return unknownValue(`df failed: ${lines.join(' ').slice(0, 200)}`, null)
}

function serviceOf(sections: ScriptSections, { subject, id }: HostScriptContext): HostFacts['service'] {
  return whyNotConfigured(subject, 'unit', id) ?? parseServiceStatus(sections.get('service') ?? [], subject.unit ?? '')
}

function postmasterOf(sections: ScriptSections, about: HostScriptContext): Known<PostmasterState> {
  const missing = whyNotConfigured(about.subject, 'dataDirectory', about.id)
  if (missing) return missing
  if (isHung(sections)) return HUNG
  const [how = '', program = '', ...file] = sections.get('postmaster') ?? []
  if (how === 'none') return knownValue({ state: 'stopped' })
  const [, seen] = /^seen (\d+)$/.exec(how) ?? []
  if (seen !== undefined) return knownValue(postmasterByProcess(Number(seen)))
  if (how !== 'file') return whyPostmasterHidden(how, about)
  return parsePostmasterPid(file, program.startsWith('comm ') ? program.slice(5) : null)
}

function controlOf(sections: ScriptSections, about: HostScriptContext): HostFacts['control'] {
  const { subject, id } = about
  const missing = whyNotConfigured(subject, 'dataDirectory', id) ?? whyNotConfigured(subject, 'binDirectory', id)
  if (missing) return missing
  const lines = sections.get('control') ?? []
  const controlFile = parsePgControldata(lines)
  if (controlFile) return knownValue(controlFile)
  return whyNoControlData(lines, Number(sections.get('control ended')?.[0] ?? 0), about)
}

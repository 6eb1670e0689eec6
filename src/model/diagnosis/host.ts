// Judges the host of a target: whether the service runs, whether the disk has room, whether the clock is right.

import { availableShare, type FileSystem, type HostFacts } from '../measured/host.ts'
import type { Limits } from '../measured/spec.ts'
import { formatBytes, formatSeconds } from '../values/units.ts'
import { type DiagnosisOutcome, fail, ok, unknownOutcome, warn } from './check-result.ts'
import type { Reply } from './session.ts'

/** The host of a target and its readings; `reply` is null without access. */
export interface DiagnosedHost {
  /** Name in the configuration; null: the target has no host there. */
  readonly id: string | null
  readonly reply: Reply<HostFacts> | null
  /** Addresses on which a process listens at the target's port there; null: unknown. */
  readonly listening: readonly string[] | null
  /** The configured command that starts the service. */
  readonly start: readonly string[] | null
  /** Whether the action start can start it there; absent: no. */
  readonly canStart?: boolean
}

const NO_ACCESS = 'set "host" for it in the config, and "ssh" or "local": true for that host'

function withoutFacts({ id, reply }: DiagnosedHost, what: string): DiagnosisOutcome {
  if (id === null) return unknownOutcome(`${what}: the config names no host for it`, NO_ACCESS)
  if (!reply) return unknownOutcome(`${what}: pgdeck has no access to host ${id}`, NO_ACCESS)
  const { fault } = reply as { fault?: { message: string; hint: string | null } }
  return unknownOutcome(`${what}: ${fault?.message ?? 'host did not answer'}`, fault?.hint ?? null, reply.at)
}

/** Whether the service of a target on `port` runs on its host. */
export function judgeService(host: DiagnosedHost, port: number, kind: 'server' | 'database'): DiagnosisOutcome {
  const { reply, listening } = host
  const facts = reply && 'value' in reply ? reply.value : null
  if (!reply || !facts) return withoutFacts(host, 'whether it runs is unknown')
  const { at } = reply
  const next = startWords(host)
  if (listening !== null && listening.length > 0)
    return ok(`a process listens on ${listening.map((one) => `${one}:${port}`).join(', ')}`, at)
  const ofPostmaster = kind === 'database' ? judgePostmaster(facts.postmaster, port, next, at) : null
  if (ofPostmaster) return ofPostmaster
  const { service } = facts
  if (service.state === 'known' && service.value.active !== 'active') {
    const { unit, active, sub } = service.value
    return fail('service-stopped', `unit ${unit} is ${active} (${sub})`, { next, at })
  }
  if (listening !== null) {
    const evidence = `nothing listens on port ${port} of host ${host.id}`
    return fail('service-stopped', evidence, { certainty: 'likely', next, at })
  }
  if (service.state === 'known') return ok(`unit ${service.value.unit} is active`, at)
  return unknownOutcome('its host does not show whether it runs', service.hint, at)
}

/** By postmaster.pid; null if it proves nothing: unknown, or of a postmaster on another port. */
function judgePostmaster(
  postmaster: HostFacts['postmaster'],
  port: number,
  next: string,
  at: number,
): DiagnosisOutcome | null {
  if (postmaster.state === 'unknown') return null
  const { value } = postmaster
  if (value.state === 'stopped')
    return fail('service-stopped', 'no postmaster runs on its data directory', { next, at })
  if (value.state === 'crashed') {
    const evidence = `postmaster.pid names process ${value.pid}, which is gone`
    return fail('service-crashed', evidence, { next, at })
  }
  return value.port === null || value.port === port ? ok(`its postmaster runs (pid ${value.pid})`, at) : null
}

function startWords({ start, id, canStart = false }: DiagnosedHost): string {
  const byKey = canStart ? '; R starts it' : ''
  if (start) return `start it: ${start.join(' ')} on ${id}${byKey}`
  return `start its service on ${id}; first read the end of its log (l collects logs)${byKey}`
}

/** Too little for the next WAL segment. */
const NOTHING_BYTES = 32 * 1024 ** 2
const NOTHING_SHARE = 0.005

/** `noSpace` is a line of the server log about a full disk. */
export function judgeDiskSpace(host: DiagnosedHost, limits: Limits, noSpace: string | null): DiagnosisOutcome {
  const next = 'free space there: view 5 shows what retains WAL, view 6 the file systems'
  const facts = host.reply && 'value' in host.reply ? host.reply.value : null
  if (!host.reply || !facts) {
    if (noSpace !== null) return fail('disk-full', `its log has: ${noSpace}`, { certainty: 'likely', next })
    return withoutFacts(host, 'free space is unknown')
  }
  const { at } = host.reply
  const known = facts.fileSystems.flatMap((one) => spaceIn(one))
  if (known.length === 0)
    return unknownOutcome('its host has no data directory in the config', 'set "dataDirectory" of the host', at)
  const [least] = known.toSorted((a, b) => a.share - b.share)
  if (!least) return unknownOutcome('no file system was measured', null, at)
  const words = `${formatBytes(least.bytes)} free (${(least.share * 100).toFixed(1)} %) under ${least.path}`
  if (least.share < NOTHING_SHARE || (least.bytes < NOTHING_BYTES && least.share < 0.5)) {
    return fail('disk-full', words, { next, at })
  }
  if (least.share * 100 < limits.warning) return warn('disk-low', words, { next, at })
  return ok(words, at)
}

function spaceIn({ path, role, space }: FileSystem) {
  if (space.state === 'unknown' || role === 'log') return []
  const share = availableShare(space.value)
  return share === null ? [] : [{ path, share, bytes: space.value.availableBytes }]
}

const APART_SECONDS = 2

/** Clock offsets from this host in milliseconds, positive if ahead; `others` are those of the rest of the cluster. */
export interface ClockOffsets {
  readonly offsetMs: number | null
  readonly uncertaintyMs: number
  readonly others: readonly number[]
  readonly at: number | null
}

export function judgeClock({ offsetMs, uncertaintyMs, others, at }: ClockOffsets): DiagnosisOutcome {
  if (offsetMs === null) return unknownOutcome('pgdeck could not read its clock', null)
  const apart = Math.max(0, Math.abs(offsetMs) - uncertaintyMs) / 1000
  const direction = offsetMs > 0 ? 'ahead of' : 'behind'
  if (apart < APART_SECONDS) return ok('agrees with this host’s within 2 s', at)
  const words = `it is ${formatSeconds(apart)} ${direction} this host`
  const ours = others.length > 0 && others.every((other) => Math.abs(other - offsetMs) < APART_SECONDS * 1000)
  const next = ours
    ? 'set this host’s own clock: all others agree (chronyc tracking)'
    : `check the time service ${others.length > 0 ? 'there' : 'there and here'} (chronyc tracking, timedatectl)`
  const evidence = ours ? `${words}, as all other hosts are: this host’s clock is wrong` : words
  return warn('clock-apart', evidence, { certainty: ours || others.length > 0 ? 'certain' : 'likely', next, at })
}

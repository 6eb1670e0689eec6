// The checks that servers and databases share: what this host can reach, name, host, port, service, disk, clock.

import {
  type DiagnosisCheckId,
  type DiagnosisOutcome,
  ok,
  skipped,
  unknownOutcome,
} from '../../model/diagnosis/check-result.ts'
import { type DiagnosedHost, judgeClock, judgeDiskSpace, judgeService } from '../../model/diagnosis/host.ts'
import { judgeLocalNetwork } from '../../model/diagnosis/local-network.ts'
import { diskFullLogLine } from '../../model/diagnosis/log-text.ts'
import {
  hostResponseText,
  judgeHostReachable,
  judgeNameResolution,
  judgePort,
  type NetworkPath,
} from '../../model/diagnosis/network-path.ts'
import type { Reply } from '../../model/diagnosis/session.ts'
import type { HostPortCheck } from '../../model/measured/port-check.ts'
import type { DatabaseRecord, ServerRecord } from '../../model/measured/snapshot.ts'
import { observationsByOthers } from '../../model/reachability/reachability-matrix.ts'
import { isFromTarget, isOwn, isSilent } from '../../model/values/fault.ts'
import { checkPortFromHost } from '../../probes/diagnosis/on-host.ts'
import type { DiagnosisReadings } from './diagnosis-readings.ts'
import { databaseLogTail } from './server-log.ts'
import { explainStop } from './start-check.ts'

/** One check. It takes the readings that it needs. */
export type DiagnosisCheck = (readings: DiagnosisReadings) => Promise<DiagnosisOutcome>
export type DiagnosisChecks = Partial<Readonly<Record<DiagnosisCheckId, DiagnosisCheck>>>

/** The address of a target. */
export interface TargetAddress {
  readonly host: string
  readonly port: number
  readonly hostId: string | null
  /** Id of the host whose ssh connection is used; null: direct. */
  readonly via: string | null
}

export interface DiagnosisTarget extends TargetAddress {
  readonly id: string
  readonly kind: 'server' | 'database'
  /** Whether the target itself answered, even with a refusal. */
  answers(readings: DiagnosisReadings): Promise<boolean>
}

/** Returns the checks of the network path to a target and of its host, in no order. */
export function targetChecks(target: DiagnosisTarget): DiagnosisChecks {
  const { port, kind, hostId } = target
  return {
    here: (readings) => checkHere(readings, target),
    name: reaching(target, judgeNameResolution),
    host: reaching(target, judgeHostReachable),
    port: reaching(target, judgePort),
    service: async (readings) => {
      const [reported, open] = await Promise.all([hostTold(readings, target), hasOpenPort(readings, target)])
      const service = judgeService(reported, port, kind)
      const database = kind === 'database' ? readings.database(target.id) : null
      const judged = database ? await explainStop(readings, database, service, reported) : service
      // A firewall or a proxy may accept connections too. Then another check reports that no answer comes.
      return judged.result === 'unknown' && open && isPortCheckable(target)
        ? ok('its port accepts connections', Date.now())
        : judged
    },
    disk: async (readings) => {
      const reported = await hostTold(readings, target)
      const database = kind === 'database' ? readings.database(target.id) : null
      const log = database && reported.reply === null ? await databaseLogTail(readings, database) : null
      const { diskFreePercent } = readings.input.config.spec.thresholds
      return judgeDiskSpace(reported, diskFreePercent, log && diskFullLogLine(log.entries))
    },
    clock: async (readings) => checkClock(readings, target, await readings.facts(hostId)),
  }
}

function reaching(target: DiagnosisTarget, judge: (path: NetworkPath) => DiagnosisOutcome): DiagnosisCheck {
  return async (readings) => {
    if (target.host.startsWith('/')) return skipped('pgdeck connects to it over a Unix socket')
    if (target.via !== null) return skipped(`pgdeck connects to it through ssh to host ${target.via}`)
    return judge(await networkPathOf(readings, target))
  }
}

/** Whether its port can be tried from this host. */
function isPortCheckable({ host, via }: TargetAddress): boolean {
  return !host.startsWith('/') && via === null
}

function networkPathOf(readings: DiagnosisReadings, { host, port, hostId }: TargetAddress): Promise<NetworkPath> {
  return readings.networkPath(host, port, hostId)
}

/** Whether a reply is the target's own. A connection that is accepted but not answered may end at a proxy. */
export function isAnswered(reply: Reply<unknown>): boolean {
  return 'value' in reply || isFromTarget(reply.fault) || reply.fault.code === 'pooler'
}

/** False only if the port was tried and did not accept the connection. */
export async function hasOpenPort(readings: DiagnosisReadings, target: TargetAddress): Promise<boolean> {
  if (!isPortCheckable(target)) return true
  const { attempt } = await networkPathOf(readings, target)
  return attempt !== null && attempt.fault === null
}

async function hostTold(
  readings: DiagnosisReadings,
  { id, kind, hostId, port }: DiagnosisTarget,
): Promise<DiagnosedHost> {
  const [reply, listening] = await Promise.all([readings.facts(hostId), readings.listening(hostId, port)])
  const server = readings.input.snapshot.servers.find(({ spec }) => spec.id === id)
  const { start = null, binDirectory = null } = readings.hostConfig(hostId) ?? {}
  const canStart = kind === 'database' ? start !== null || binDirectory !== null : server?.spec.canStart === true
  return { id: hostId, reply, listening, start: kind === 'database' || !canStart ? start : null, canStart }
}

async function checkHere(readings: DiagnosisReadings, target: DiagnosisTarget): Promise<DiagnosisOutcome> {
  const { snapshot, picture } = readings.input
  const records: readonly (DatabaseRecord | ServerRecord)[] = [...snapshot.databases, ...snapshot.servers]
  const others = records.filter(({ spec }) => spec.id !== target.id)
  const heard = others.filter(({ pulse }) => {
    return pulse.state === 'fresh' || (pulse.state !== 'waiting' && !isSilent(pulse.fault) && !isOwn(pulse.fault))
  })
  const view = [...picture.databases, ...picture.servers].find(({ id }) => id === target.id)
  const since = view?.problem?.since ?? null
  const open = await hasOpenPort(readings, target)
  const fromHosts = open ? [] : await portChecksFromHosts(readings, target)
  const [own] = fromHosts.length > 0 ? [await ownPortCheck(readings, target)] : []
  const checks = own ? [own, ...fromHosts] : []
  const seen = observationsByOthers({ ...picture, portChecks: checks }, target.id, snapshot.servers)
  const host = await readings.thisHost()
  return judgeLocalNetwork({
    others: others.length,
    answering: heard.length,
    silent: others.length - heard.length,
    subjectHeard: await target.answers(readings),
    hostHeard: isPortCheckable(target) ? hostResponseText(await networkPathOf(readings, target)) : null,
    interfaces: host?.interfaces ?? null,
    alert: picture.alerts.find(({ rule }) => rule === 'cut-off') ?? null,
    seenBy: seen.filter(
      ({ status, isFromTarget, at }) => status === 'ok' && isFromTarget && since !== null && (at ?? 0) > since,
    ),
    at: Date.now(),
  })
}

const PORT_CHECK_MS = 4_000

/** Whether hosts with ssh access can reach the target. The target's own host would only show that it listens. */
async function portChecksFromHosts(
  readings: DiagnosisReadings,
  { id, host, port, hostId }: DiagnosisTarget,
): Promise<readonly HostPortCheck[]> {
  const others = readings.input.hostConnections.hosts.filter(({ ssh, config }) => ssh !== null && config.id !== hostId)
  const reported = await Promise.all(
    others.map(async (access) => {
      const { config } = access
      const reply = await readings.readOnce(`${host}:${port} from host ${config.id}`, PORT_CHECK_MS, (signal) =>
        checkPortFromHost(access, { host, port }, signal),
      )
      return 'value' in reply ? [{ hostId: config.id, targetId: id, fault: reply.value, at: reply.at }] : []
    }),
  )
  return reported.flat()
}

async function ownPortCheck(readings: DiagnosisReadings, target: DiagnosisTarget): Promise<HostPortCheck | null> {
  const { attempt } = await networkPathOf(readings, target)
  return attempt && { hostId: null, targetId: target.id, fault: attempt.fault, at: attempt.at }
}

async function checkClock(
  readings: DiagnosisReadings,
  { id, kind }: DiagnosisTarget,
  facts: Awaited<ReturnType<DiagnosisReadings['facts']>>,
): Promise<DiagnosisOutcome> {
  const { snapshot } = readings.input
  const others = snapshot.databases.flatMap(({ spec, pulse }) => {
    return spec.id !== id && pulse.state === 'fresh' ? [pulse.value.clockOffsetMs] : []
  })
  const database = kind === 'database' ? readings.database(id) : null
  const pulse = database && (await readings.pulse(database))
  if (pulse && 'value' in pulse) {
    const { clockOffsetMs, roundTripMs } = pulse.value
    return judgeClock({ offsetMs: clockOffsetMs, uncertaintyMs: roundTripMs / 2, others, at: pulse.at })
  }
  const clock = facts && 'value' in facts ? facts.value.clock : null
  if (!clock || !facts) return unknownOutcome('pgdeck can’t read its clock: no session and no host access')
  return judgeClock({ offsetMs: clock.offsetMs, uncertaintyMs: clock.uncertaintyMs, others, at: facts.at })
}

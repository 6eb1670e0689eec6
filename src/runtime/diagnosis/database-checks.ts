// The checks of a database: its session and state, its replication link, its standbys, the application servers that use
// it.

import type { DatabaseConfig } from '../../config/config.ts'
import { judgeArchive } from '../../model/diagnosis/archive.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome, warn } from '../../model/diagnosis/check-result.ts'
import { judgeCommits, judgeWrites } from '../../model/diagnosis/primary.ts'
import { judgeRefusedFunctions } from '../../model/diagnosis/refused-functions.ts'
import { judgeReplay } from '../../model/diagnosis/replay.ts'
import { isByArchiveAlone, judgeReceiver, judgeSender, judgeSlot } from '../../model/diagnosis/replication.ts'
import { judgeDatabaseState, judgeSession } from '../../model/diagnosis/session.ts'
import { shutdownWaitOf } from '../../model/diagnosis/shutdown-wait.ts'
import { judgeSplitBrain } from '../../model/diagnosis/split-brain.ts'
import {
  type ComparedHistories,
  judgeReplicationRole,
  judgeTimeline,
  judgeWalAvailable,
} from '../../model/diagnosis/wal-and-timeline.ts'
import { lagBeyondDelay } from '../../model/picture/delayed-lag.ts'
import { linksFrom } from '../../model/picture/neighbours.ts'
import { switchPointsOf } from '../../model/replication/timelines.ts'
import { lastGood } from '../../model/values/reading.ts'
import { refusalOf, SLOTS_FUNCTION } from '../../model/values/refused-function.ts'
import { checkPortFromHost } from '../../probes/diagnosis/on-host.ts'
import type { DiagnosisReadings } from './diagnosis-readings.ts'
import { judgeHbaEntry } from './hba-check.ts'
import { diagnosedName, type LinkReadings, readLinkOnce } from './replication-link.ts'
import {
  type DiagnosisCheck,
  type DiagnosisChecks,
  type DiagnosisTarget,
  hasOpenPort,
  isAnswered,
  targetChecks,
} from './target-checks.ts'
import { transactionChecks } from './transaction-checks.ts'

/** Returns all checks of a database. Its role decides which of them apply. */
export function databaseChecks(config: DatabaseConfig): DiagnosisChecks {
  const { id, host, port, hostId } = config.spec
  const target: DiagnosisTarget = {
    id,
    host,
    port,
    hostId,
    kind: 'database',
    via: config.via,
    answers: async (readings) => isAnswered(await readings.pulse(config)),
  }
  return {
    ...targetChecks(target),
    session: async (readings) => judgeSession(await readings.pulse(config), await hasOpenPort(readings, target)),
    figures: async (readings) => judgeRefusedFunctions(await readings.pulse(config)),
    'sole-primary': async (readings) => judgeSplitBrain(readings.input.picture, id),
    replay: (readings) => checkReplay(readings, config),
    archive: async (readings) => judgeArchive(await readings.pulse(config), readings.input.config.spec.thresholds),
    writes: async (readings) => judgeWrites(await readings.pulse(config)),
    commits: async (readings) => judgeCommits(await readings.pulse(config), readings.input.config.spec.thresholds),
    ...transactionChecks(config),
    state: async (readings) => {
      const view = readings.input.picture.databases.find((each) => each.id === id)
      const shutdown = view ? shutdownWaitOf(readings.input.picture, view) : null
      return judgeDatabaseState(await readings.pulse(config), view?.replayPause ?? null, shutdown)
    },
    source: ofLink(config, async (link) => judgeSource(link)),
    receiver: ofLink(config, async (link) => (link.isReceiverUnknown ? unknownReceiver(link) : judgeReceiver(link))),
    sender: ofLink(config, async (link) =>
      link.isReceiverUnknown && !link.sender ? unknownReceiver(link) : judgeSenderOf(link),
    ),
    role: ofConnection(config, async (link) =>
      link.isStreaming ? ok('it streams already') : judgeReplicationRole(link, link.sourceTold),
    ),
    'way-to-source': ofConnection(config, judgeWay),
    hba: ofConnection(config, (link, readings) => judgeHba(link, readings, 'to-source')),
    'hba-reverse': ofConnection(config, (link, readings) => judgeHba(link, readings, 'to-standby')),
    slot: ofConnection(config, async (link) => {
      const { slot, isStreaming } = link
      const pulse = link.upstreamPulse && 'value' in link.upstreamPulse ? link.upstreamPulse : null
      const isTold = refusalOf(pulse?.value ?? null, SLOTS_FUNCTION) === null
      return judgeSlot(link, slot, (isTold && pulse?.value.slots) || null, isStreaming, pulse?.at ?? null)
    }),
    wal: ofConnection(config, async (link) =>
      judgeWalAvailable(link, link.here, link.sourceTold, link.there, link.isStreaming),
    ),
    timeline: ofLink(config, async (link, readings) => {
      const histories = comparedHistories(readings, id, link.source?.spec.id ?? null)
      return judgeTimeline(link, histories, link.here, link.sourceTold, link.there, link.isStreaming)
    }),
    standbys: (readings) => checkStandbys(readings, id),
    users: (readings) => checkUsers(readings, id),
  }
}

/** Uses the readings from the start of the diagnosis: a history does not change while its server runs. */
function comparedHistories(readings: DiagnosisReadings, id: string, source: string | null): ComparedHistories {
  const { snapshot, picture } = readings.input
  const areCompared = [id, source].every((each) => {
    const record = snapshot.databases.find(({ spec }) => spec.id === each)
    return record !== undefined && switchPointsOf({ record, pulse: lastGood(record.pulse) }) !== null
  })
  return { otherHistory: picture.databases.find((view) => view.id === id)?.otherHistory?.why ?? null, areCompared }
}

function ofLink(
  config: DatabaseConfig,
  judge: (link: LinkReadings, readings: DiagnosisReadings) => Promise<DiagnosisOutcome>,
): DiagnosisCheck {
  return async (readings) => {
    const link = await readLinkOnce(readings, config)
    if (!link) return skipped('it is not a standby')
    return judge(link, readings)
  }
}

/** What only a connection to the upstream needs. */
function ofConnection(
  config: DatabaseConfig,
  judge: (link: LinkReadings, readings: DiagnosisReadings) => Promise<DiagnosisOutcome>,
): DiagnosisCheck {
  return async (readings) => {
    const link = await readLinkOnce(readings, config)
    if (!link) return skipped('it is not a standby')
    return isByArchiveAlone(link)
      ? skipped('it restores WAL from an archive, and connects to nobody')
      : judge(link, readings)
  }
}

function judgeSource({
  source,
  upstreamName,
  upstreamPulse,
  upstreamDownReason,
  isStreaming,
}: LinkReadings): DiagnosisOutcome {
  if (!source || !upstreamPulse)
    return unknownOutcome(`${upstreamName} is not watched`, 'add it to databases in the config')
  const { at } = upstreamPulse
  if ('value' in upstreamPulse) return ok(`${upstreamName} answers`, at)
  if (upstreamDownReason === null) return unknownOutcome(upstreamPulse.fault.message, upstreamPulse.fault.hint, at)
  if (isStreaming) return warn('source-down', `${upstreamDownReason}, yet it streams`, { certainty: 'possible', at })
  return fail('source-down', upstreamDownReason, { next: `d on ${upstreamName}`, at })
}

function unknownReceiver({ standby, at }: LinkReadings): DiagnosisOutcome {
  return unknownOutcome(`${standby} does not tell whether it has a walreceiver`, null, at)
}

function judgeSenderOf(link: LinkReadings): DiagnosisOutcome {
  if (!link.source) return unknownOutcome(`${link.upstreamName} is not watched`)
  const readAt = link.upstreamPulse && 'value' in link.upstreamPulse ? link.upstreamPulse.at : null
  return judgeSender(link, readAt, link.sender, link.isStreaming, link.sourceTold?.senders ?? null)
}

const WAY_MS = 5_000

/** Tested from the standby's own host, which may reach less of the network than this one. */
async function judgeWay(
  { standbyFacts, standbyConfig, isStreaming, upstreamName, upstreamDownReason }: LinkReadings,
  readings: DiagnosisReadings,
): Promise<DiagnosisOutcome> {
  if (isStreaming) return skipped('it streams')
  const host = standbyFacts?.upstream?.host ?? null
  if (host === null || host.startsWith('/'))
    return unknownOutcome('this role may not see what it connects to', 'GRANT pg_monitor on the standby')
  const port = standbyFacts?.upstream?.port ?? 5432
  const access = readings.access(standbyConfig.spec.hostId)
  const where = `${host}:${port}`
  if (!access)
    return unknownOutcome(
      `pgdeck has no access to the host of ${diagnosedName(readings, standbyConfig.spec.id)}`,
      'set "ssh" for its host in the config',
    )
  const reply = await readings.readOnce(`path from ${access.config.id} to ${where}`, WAY_MS, (signal) =>
    checkPortFromHost(access, { host, port }, signal),
  )
  const { at } = reply
  if ('fault' in reply) return unknownOutcome(reply.fault.message, reply.fault.hint, at)
  if (reply.value === null) return ok(`host ${access.config.id} can open ${where}`, at)
  if (reply.value.code === 'protocol') return unknownOutcome(reply.value.message, null, at)
  if (upstreamDownReason !== null) return ok(`${reply.value.message}: its upstream is down`, at)
  const next = `check the network and firewalls from host ${access.config.id} to ${upstreamName} (${where})`
  return fail('replication-network', reply.value.message, { next, at })
}

/** One direction is in use now. The other is needed once the two servers change roles. */
async function judgeHba(
  link: LinkReadings,
  readings: DiagnosisReadings,
  direction: 'to-source' | 'to-standby',
): Promise<DiagnosisOutcome> {
  const { source, standbyConfig, isStreaming } = link
  if (!source) return unknownOutcome(`${link.upstreamName} is not watched`)
  const isNow = direction === 'to-source'
  return judgeHbaEntry(readings, {
    fromId: isNow ? standbyConfig.spec.id : source.spec.id,
    user: link.standbyFacts?.upstream?.user ?? null,
    to: isNow ? source : standbyConfig,
    cause: isNow ? 'replication-hba' : 'hba-reverse',
    loginCause: isNow ? 'replication-credentials' : 'hba-reverse',
    isNeededNow: isNow,
    works: isNow && isStreaming,
    gateway: isNow ? link.gateway : null,
  })
}

async function checkStandbys(readings: DiagnosisReadings, id: string): Promise<DiagnosisOutcome> {
  const { picture } = readings.input
  const own = linksFrom(picture, id).filter((link) => link.downstreamId !== null)
  if (own.length === 0) return skipped('it has no standby')
  const lost = own.filter(({ state }) => state === 'disconnected')
  const at = picture.databases.find((view) => view.id === id)?.readAt ?? null
  const names = (some: typeof own) => some.map(({ downstreamName }) => downstreamName).join(', ')
  if (lost.length === 0) return ok(`${names(own)}: ${own.map(({ state }) => state).join(', ')}`, at)
  return warn('standby-disconnected', `${names(lost)} does not stream`, { next: `d on ${names(lost.slice(0, 1))}`, at })
}

async function checkReplay(readings: DiagnosisReadings, config: DatabaseConfig): Promise<DiagnosisOutcome> {
  const { id } = config.spec
  const { picture, snapshot } = readings.input
  const history = snapshot.databases.find(({ spec }) => spec.id === id)?.history ?? []
  const view = picture.databases.find((each) => each.id === id)
  const restoreStall = view?.status === 'archive' && view.replayStall !== 'unknown' ? view.replayStall : null
  const { thresholds } = readings.input.config.spec
  const lag = view ? lagBeyondDelay(view, thresholds.replicationLagSeconds.warning) : null
  return judgeReplay(await readings.pulse(config), { history, lag, restoreStall }, thresholds)
}

async function checkUsers(readings: DiagnosisReadings, id: string): Promise<DiagnosisOutcome> {
  const own = readings.input.picture.servers.filter(({ databaseId }) => databaseId === id)
  if (own.length === 0) return skipped('no application server uses it')
  const down = own.find(({ status }) => status === 'inactive' || status === 'degraded')
  if (!down) return ok(own.map(({ name, status }) => `${name} is ${status}`).join(', '))
  const evidence = `${down.name} is ${down.status}${down.problem ? `: ${down.problem.message}` : ''}`
  return warn('server-of-it-down', evidence, { next: `d on ${down.name}`, at: down.since })
}

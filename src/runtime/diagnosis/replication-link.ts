// One replication link of a diagnosis: fresh readings of both ends, the logs about it, and which server is the
// upstream.

import type { DatabaseConfig } from '../../config/config.ts'
import { derivePicture } from '../../model/derive-picture.ts'
import { type LogCause, lastErrorText, standbyLogCause, upstreamLogCause } from '../../model/diagnosis/log-text.ts'
import type { LinkFacts, StandbyFacts, UpstreamAddress } from '../../model/diagnosis/replication.ts'
import type { Reply } from '../../model/diagnosis/session.ts'
import type { UpstreamFacts, WalPosition } from '../../model/diagnosis/wal-and-timeline.ts'
import { whyThereIsNoPrimary } from '../../model/managers/takeover.ts'
import type { DatabasePulse, WalSender } from '../../model/measured/pulse.ts'
import type { DatabaseRecord } from '../../model/measured/snapshot.ts'
import { linkBetween, ringAround, upstreamOf } from '../../model/picture/neighbours.ts'
import { endOfWal, isReadAsPrimary, standbyPositionOf } from '../../model/picture/roles.ts'
import { isReceiverUnknown } from '../../model/picture/unknown-receiver.ts'
import { formatEndpoint, isSameAddress } from '../../model/values/address.ts'
import { isUnreachable } from '../../model/values/fault.ts'
import { failedReading, freshReading } from '../../model/values/reading.ts'
import { clean } from '../../model/values/text.ts'
import { readStandby } from '../../probes/diagnosis/standby.ts'
import { readUpstream } from '../../probes/diagnosis/upstream.ts'
import type { DiagnosisReadings } from './diagnosis-readings.ts'
import { databaseLogTail } from './server-log.ts'

/** The facts that the checks of a link use. */
export interface LinkReadings extends LinkFacts {
  readonly standbyConfig: DatabaseConfig
  /** null: the upstream is unknown or not watched. */
  readonly source: DatabaseConfig | null
  readonly upstreamPulse: Reply<DatabasePulse> | null
  readonly sourceTold: UpstreamFacts | null
  readonly sender: WalSender | null
  readonly isStreaming: boolean
  /** Nobody tells whether it has a walreceiver. */
  readonly isReceiverUnknown: boolean
  /** The address that it reports to connect to; null: an address of the upstream, or unknown. */
  readonly gateway: string | null
  readonly slot: string | null
  readonly here: WalPosition
  readonly there: WalPosition
}

const ASK_MS = 4_000
const NOTHING: WalPosition = { timeline: null, lsn: null, systemIdentifier: null }

/** Reads the link of a standby to its upstream; null if the database is no standby. It is read once for all checks. */
export async function readLinkOnce(readings: DiagnosisReadings, standby: DatabaseConfig): Promise<LinkReadings | null> {
  const read = await readings.readOnce(`the link of ${standby.spec.id}`, 30_000, () => readLink(readings, standby))
  return 'value' in read ? read.value : null
}

async function readLink(readings: DiagnosisReadings, standby: DatabaseConfig): Promise<LinkReadings | null> {
  const pulse = await readings.pulse(standby)
  if ('value' in pulse && isReadAsPrimary({ pulse: pulse.value })) return null
  const standbyFacts = 'value' in pulse ? await standbyTold(readings, standby) : null
  const source = sourceOf(readings, standby, standbyFacts)
  const upstream = await readUpstreamEnd(readings, standby, standbyFacts, source)
  const position = 'value' in pulse ? standbyPositionOf({ pulse: pulse.value }) : null
  const receiver = position?.receiver ?? null
  const sender = senderOf(readings, standby, pulse, source, upstream.pulse)
  // What the standby hides, the upstream tells.
  const status = receiver && (receiver.status ?? sender?.state ?? null)
  const isStreaming = status === 'streaming'
  const word = isStreaming || !position ? null : await lastWord(readings, standby, source, upstream.user)
  return {
    standby: diagnosedName(readings, standby.spec.id),
    upstreamName: upstream.name,
    standbyFacts,
    receiver,
    ring: ringAround(readings.input.picture, standby.spec.id),
    at: 'value' in pulse ? pulse.at : null,
    logCause: word?.word ?? null,
    logCauseFrom: word?.of ?? null,
    lastLogError: word?.lastError ?? null,
    isLogRead: word?.isRead ?? false,
    upstreamDownReason: downWords(upstream.pulse, upstream.name),
    managerStandstill: whyThereIsNoPrimary(readings.input.picture.manager, readings.input.picture.databases),
    standbyConfig: standby,
    source,
    upstreamPulse: upstream.pulse,
    sourceTold: upstream.facts,
    sender,
    isStreaming,
    isReceiverUnknown: 'value' in pulse && isReceiverUnknown({ pulse: pulse.value }),
    gateway: gatewayOf(standbyFacts, source),
    slot: standbyFacts ? standbyFacts.slot : standby.spec.slot,
    here: standingOf(pulse),
    there: upstream.pulse ? standingOf(upstream.pulse) : NOTHING,
  }
}

/** What the other end of the link shows; nulls where it is not watched. */
interface UpstreamEnd {
  readonly name: string
  /** As whom the standby connects. */
  readonly user: string | null
  readonly pulse: Reply<DatabasePulse> | null
  readonly facts: UpstreamFacts | null
}

async function readUpstreamEnd(
  readings: DiagnosisReadings,
  standby: DatabaseConfig,
  standbyFacts: StandbyFacts | null,
  source: DatabaseConfig | null,
): Promise<UpstreamEnd> {
  const user = standbyFacts?.upstream?.user ?? standby.spec.replicationUser
  if (!source) return { name: addressWords(standbyFacts), user, pulse: null, facts: null }
  const pulse = await readings.pulse(source)
  const facts = 'value' in pulse ? await toldBySource(readings, source, user) : null
  return { name: diagnosedName(readings, source.spec.id), user, pulse, facts }
}

/** The address that the standby connects to instead of one of its source. */
function gatewayOf(standbyFacts: StandbyFacts | null, source: DatabaseConfig | null): string | null {
  const upstream = standbyFacts?.upstream
  return source && upstream?.host && !isAt(source, upstream) ? addressWords(standbyFacts) : null
}

function standingOf(pulse: Reply<DatabasePulse>): WalPosition {
  if ('fault' in pulse) return NOTHING
  const { timeline, systemIdentifier } = pulse.value
  return { timeline, lsn: endOfWal({ pulse: pulse.value }), systemIdentifier }
}

async function standbyTold(readings: DiagnosisReadings, standby: DatabaseConfig): Promise<StandbyFacts | null> {
  const reply = await readings.readOnce(`how ${standby.spec.id} replicates`, ASK_MS, (signal) =>
    readStandby(readings.session(standby), signal),
  )
  return 'value' in reply ? reply.value : null
}

async function toldBySource(
  readings: DiagnosisReadings,
  source: DatabaseConfig,
  user: string | null,
): Promise<UpstreamFacts | null> {
  const reply = await readings.readOnce(`what ${source.spec.id} has`, ASK_MS, (signal) =>
    readUpstream(readings.session(source), user, signal),
  )
  return 'value' in reply ? reply.value : null
}

/** The upstream as the standby reports it; else as the topology has it. */
function sourceOf(
  readings: DiagnosisReadings,
  standby: DatabaseConfig,
  facts: StandbyFacts | null,
): DatabaseConfig | null {
  const { host, port } = facts?.upstream ?? { host: null, port: null }
  const others = readings.input.config.databases.filter((one) => one !== standby)
  const named = others.find((one) => isAt(one, { host, port }))
  if (host !== null && named) return named
  const { picture } = readings.input
  const view = picture.databases.find(({ id }) => id === standby.spec.id)
  const upstream = view && upstreamOf(picture, view)
  return others.find(({ spec }) => spec.id === upstream?.id) ?? null
}

function isAt({ spec }: DatabaseConfig, { host, port }: Pick<UpstreamAddress, 'host' | 'port'>): boolean {
  return spec.port === (port ?? 5432) && (spec.host === host || isSameAddress(spec.host, host))
}

function addressWords(facts: StandbyFacts | null): string {
  const host = facts?.upstream?.host
  return host ? clean(formatEndpoint(host, facts?.upstream?.port ?? 5432)) : 'its source'
}

export function diagnosedName(readings: DiagnosisReadings, id: string): string {
  const { databases, servers } = readings.input.picture
  return [...databases, ...servers].find((view) => view.id === id)?.name ?? clean(id)
}

function downWords(pulse: Reply<DatabasePulse> | null, name: string): string | null {
  if (!pulse || 'value' in pulse) return null
  if (!isUnreachable(pulse.fault) && pulse.fault.code !== 'starting') return null
  return `${name} does not answer: ${pulse.fault.message}`
}

/** What the logs say: the standby's own, else that of its source about its role. */
interface LastWord {
  readonly word: LogCause | null
  readonly of: 'standby' | 'source' | null
  /** The last error of the standby's log; null: it has none, or the log can't be read. */
  readonly lastError: string | null
  readonly isRead: boolean
}

/** Also for clocks that differ. */
const UPSTREAM_WORD_MS = 3_600_000

async function lastWord(
  readings: DiagnosisReadings,
  standby: DatabaseConfig,
  source: DatabaseConfig | null,
  user: string | null,
): Promise<LastWord> {
  const own = await databaseLogTail(readings, standby)
  const read = { lastError: own && lastErrorText(own.entries), isRead: own !== null }
  const word = own && standbyLogCause(own.entries)
  if (word) return { word, of: 'standby', ...read }
  const theirs = source && user !== null ? await databaseLogTail(readings, source) : null
  const said = theirs && user !== null ? upstreamLogCause(theirs.entries, user, Date.now() - UPSTREAM_WORD_MS) : null
  return { word: said, of: said && 'source', ...read }
}

/** The walsender that serves the standby on its upstream, by the rules of the topology. */
function senderOf(
  readings: DiagnosisReadings,
  standby: DatabaseConfig,
  pulse: Reply<DatabasePulse>,
  source: DatabaseConfig | null,
  sourcePulse: Reply<DatabasePulse> | null,
): WalSender | null {
  if (!source || !sourcePulse || 'fault' in sourcePulse) return null
  const { snapshot, picture } = readings.input
  const fresh = new Map([
    [standby.spec.id, pulse],
    [source.spec.id, sourcePulse],
  ])
  const databases = snapshot.databases.map((record) => withReply(record, fresh.get(record.spec.id)))
  const now = derivePicture({ ...snapshot, databases }, picture, Date.now())
  return linkBetween(now, source.spec.id, standby.spec.id)?.sender ?? null
}

function withReply(record: DatabaseRecord, reply: Reply<DatabasePulse> | undefined): DatabaseRecord {
  if (!reply) return record
  const { at } = reply
  return {
    ...record,
    pulse: 'value' in reply ? freshReading(reply.value, at) : failedReading(record.pulse, reply.fault, at),
  }
}

// One watched database for the rules: its last good pulse, whether that is current, its WAL position.

import type { DatabasePulse, RequiredSettings } from '../measured/pulse.ts'
import { isOtherSystem, isSameServer, type ServerIdentity, serverIdentityOf } from '../measured/server-identity.ts'
import type { ClusterSnapshot, DatabaseRecord, LastSeenPrimary } from '../measured/snapshot.ts'
import type { DatabaseSpec } from '../measured/spec.ts'
import type { DatabaseView, OngoingFault, Picture } from '../picture/picture.ts'
import { isReadAsPrimary } from '../picture/roles.ts'
import { type LocalReachability, type TargetState, targetStateOf } from '../reachability/local-reachability.ts'
import { serverEndpoints } from '../values/address.ts'
import { faultOf, freshReading, lastGood, lastReadAt, PENDING } from '../values/reading.ts'
import { clean } from '../values/text.ts'
import { mirroredIds } from './mirrored-pair.ts'

export interface Member {
  readonly id: string
  readonly name: string
  readonly record: DatabaseRecord
  /** The last good pulse, however old. */
  readonly pulse: DatabasePulse | null
  readonly readAt: number | null
  /** True when the latest poll succeeded. */
  readonly isFresh: boolean
  readonly state: TargetState
  readonly problem: OngoingFault | null
  /** Normalized forms of its known addresses. */
  readonly addresses: readonly string[]
  readonly ports: readonly number[]
  /** In the model `mirrored`: its own id if it is one of the two mirrored databases; null otherwise. */
  readonly mirroredId: string | null
  /** Its view in the previous picture. */
  readonly previousView: DatabaseView | null
}

/** Returns all databases of a snapshot in configured order. */
export function clusterMembers(
  snapshot: ClusterSnapshot,
  previous: Picture | null,
  reachability: LocalReachability,
): readonly Member[] {
  const before = new Map((previous?.databases ?? []).map((view) => [view.id, view]))
  const mirrored = mirroredIds(snapshot.spec)
  return snapshot.databases.map((record) => nodeOf(record, memoryOf(record, before), reachability, mirrored))
}

/** Its previous view; nothing if a server of another system answers now. */
function memoryOf({ spec, pulse }: DatabaseRecord, before: ReadonlyMap<string, DatabaseView>): DatabaseView | null {
  const view = before.get(spec.id) ?? null
  const now = lastGood(pulse)
  return view && now && isOtherSystem(view, now) ? null : view
}

function nodeOf(
  record: DatabaseRecord,
  before: DatabaseView | null,
  reachability: LocalReachability,
  mirrored: readonly string[] | null,
): Member {
  const { spec } = record
  return {
    ...placeOf(record),
    state: targetStateOf(record.pulse, reachability, spec.id),
    mirroredId: mirrored?.includes(spec.id) ? spec.id : null,
    previousView: before,
  }
}

/** What its record alone shows. */
function placeOf(record: DatabaseRecord): Omit<Member, 'state' | 'mirroredId' | 'previousView'> {
  const { spec } = record
  const pulse = lastGood(record.pulse)
  return {
    id: spec.id,
    name: clean(record.displayName),
    record,
    pulse,
    readAt: lastReadAt(record.pulse),
    isFresh: record.pulse.state === 'fresh',
    problem: cleanProblem(faultOf(record.pulse)),
    ...serverEndpoints(spec, pulse),
  }
}

/** A database outside of any picture: read once or never, without a history. */
export function memberOfPulse(spec: DatabaseSpec, pulse: DatabasePulse | null): Member {
  const reading = pulse ? freshReading(pulse, 0) : PENDING
  const record: DatabaseRecord = {
    spec,
    displayName: spec.id,
    pulse: reading,
    history: [],
    lastSeenAsPrimary: null,
    backup: PENDING,
    onDemand: {},
  }
  return { ...placeOf(record), state: pulse ? 'answers' : 'waiting', mirroredId: null, previousView: null }
}

/** A fault whose texts passed `clean()`. */
export function cleanProblem(problem: OngoingFault | null): OngoingFault | null {
  if (!problem) return null
  return { ...problem, message: clean(problem.message), hint: problem.hint === null ? null : clean(problem.hint) }
}

/** Its last known position as a primary; nothing if another system answers now. */
export function lastSeenPrimaryOf({ record, pulse }: Member): LastSeenPrimary | null {
  const seen = record.lastSeenAsPrimary
  return seen && (!pulse || pulse.systemIdentifier === seen.systemIdentifier) ? seen : null
}

interface WithMemory {
  readonly pulse: DatabasePulse | null
  readonly record: Pick<DatabaseRecord, 'lastSeenAsPrimary'>
}

/** True if its last good reading, however old, shows a writable server; without a reading, if it was one before. */
export function wasPrimary(node: WithMemory): boolean {
  return node.pulse ? isReadAsPrimary(node) : node.record.lastSeenAsPrimary !== null
}

export function systemIdentifierOf(node: Member): string | null {
  return node.pulse?.systemIdentifier ?? node.record.lastSeenAsPrimary?.systemIdentifier ?? null
}

/**
 * True unless both are known and differ, or the two mirror each other: mirrored databases are not copies, whatever
 * their identifiers.
 */
export function mayBeSameSystem(one: Member, other: Member): boolean {
  const first = systemIdentifierOf(one)
  const second = systemIdentifierOf(other)
  if (one.mirroredId !== null && other.mirroredId !== null && one.mirroredId !== other.mirroredId) return false
  return first === null || second === null || first === second
}

/** The settings that its standbys must match, as last read. */
export function requiredSettingsOf(node: Member): RequiredSettings | null {
  return node.pulse?.settings ?? node.record.lastSeenAsPrimary?.settings ?? null
}

/**
 * Of several configured databases with the same running server (its own address and a moving one, for example), returns
 * the one that counts: one that answers at the port which the server listens on, else the first.
 */
export function mainEntryOf(member: Member, members: readonly Member[]): Member {
  const identity = identityOf(member)
  if (identity === null) return member
  const isHis = (other: ServerIdentity | null) => other !== null && isSameServer(other, identity)
  return mainEntry(members.filter((other) => isHis(identityOf(other)))) ?? member
}

/** The server of its last reading, also of an earlier run of the program; null if unknown. */
function identityOf({ pulse, record }: Member): ServerIdentity | null {
  return pulse ? serverIdentityOf(pulse) : (record.lastSeenAsPrimary?.identity ?? null)
}

function mainEntry(entries: readonly Member[]): Member | undefined {
  const answering = entries.filter(({ isFresh }) => isFresh)
  const among = answering.length > 0 ? answering : entries
  return among.find((entry) => identityOf(entry)?.port === entry.record.spec.port) ?? among[0]
}

/** Returns one database for each server, and those whose server is unknown. */
export function distinctServers(members: readonly Member[]): readonly Member[] {
  const keyOf = (member: Member) => {
    const server = identityOf(member)
    return server ? `${server.systemIdentifier} ${server.postmasterStart} ${server.port}` : member.id
  }
  const main = new Map([...Map.groupBy(members, keyOf)].map(([key, entries]) => [key, mainEntry(entries)]))
  return members.filter((member) => main.get(keyOf(member)) === member)
}

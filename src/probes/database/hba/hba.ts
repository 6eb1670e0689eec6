// Reads what is known of one server's pg_hba.conf: the rules, whether they are in force, and the given roles.

import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import { certainLoadedHba, determineReloadState } from '../../../model/hba/audit/reload-state.ts'
import { INTERFACE_FILES, LOOPBACK_NETWORKS, parseInterfaces } from '../../../model/hba/match/interfaces.ts'
import { fullNetmask, type IpNetwork, parseIpAddress } from '../../../model/hba/syntax/ip-address.ts'
import type { HbaRules } from '../../../model/hba/syntax/record.ts'
import type { HbaReading, HbaRole, HbaServer } from '../../../model/measured/hba-reading.ts'
import { clean } from '../../../model/values/text.ts'
import { parseAnswer } from '../answers/answer.ts'
import { withoutRefusedFigures } from '../answers/refused-figures.ts'
import { STATEMENT_PARTS } from '../answers/statement-parts.ts'
import { type HbaHost, hbaFilesBySql } from './hba-files.ts'
import { type HbaReadOptions, type HbaRulesReading, readHbaRules } from './hba-rules.ts'
import { HBA_FACTS_SQL, HBA_FIGURES, type HbaFacts, hbaFacts } from './hba-sql.ts'
import { lookUpHostNames } from './host-names.ts'
import { readIdentMaps } from './ident-maps.ts'
import { missingHbaGrants } from './missing-hba-grants.ts'
import { readPasswordTypes, readPrivilegedFacts } from './privileged-facts.ts'

/**
 * Reads in two round trips, one more for each level of includes, and one for pg_ident.conf if a line names a map. Paths,
 * names and lines stay raw: the code that shows them cleans them. Throws FaultError if the server does not answer.
 */
export async function readHba(question: HbaReadOptions, signal: AbortSignal): Promise<HbaReading> {
  const { session, roles: names } = question
  const facts = await readFacts(session, names, signal)
  const parts = await readPrivilegedFacts(session, facts, names, signal)
  const read = await readHbaRules({ ...question, facts, parts }, signal)
  const rules = 'rules' in read ? read.rules : null
  const common = {
    readAt: Date.now(),
    server: serverOf(facts, await interfacesOf(question, facts, rules, signal)),
    roles: rolesOf(facts, parts.passwords),
    missing: missingHbaGrants(facts),
  }
  if ('hidden' in read) return { known: false, why: clean(read.hidden), ...common }
  const { host = null, dataDirectory = null, candidates = [], readsAllMaps = false } = question
  const identMaps = await readIdentMaps(readsAllMaps ? null : rules, { session, host, dataDirectory, facts }, signal)
  const hostNames = rules && (await lookUpHostNames(rules, [...candidates, ...ownAddresses(facts)], signal))
  const force = await forceFound(question, read, common.server)
  return { known: true, ...described(read), ...force, ...common, identMaps, hostNames }
}

function ownAddresses({ clientAddress, serverAddress }: HbaFacts): readonly string[] {
  return [clientAddress, serverAddress].filter((address) => address !== null)
}

/** Reads roles beyond those that were read with the rules. Throws FaultError. */
export async function readHbaRoles(
  link: DatabaseSession,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, HbaRole>> {
  const facts = await readFacts(link, names, signal)
  return rolesOf(facts, await readPasswordTypes(link, facts, names, signal))
}

async function readFacts(link: DatabaseSession, names: readonly string[], signal: AbortSignal): Promise<HbaFacts> {
  const statement = { name: 'pgdeck_hba_facts', text: HBA_FACTS_SQL, values: [names], parts: STATEMENT_PARTS }
  const [row] = await link.query<{ answer: unknown }>(statement, signal)
  const answer = withoutRefusedFigures(row?.answer, link.refused(), HBA_FIGURES)
  return parseAnswer(hbaFacts, answer, 'the server and its roles')
}

function rolesOf(
  { roles }: HbaFacts,
  passwords: ReadonlyMap<string, 'md5' | 'scram-sha-256' | 'none'> | null,
): ReadonlyMap<string, HbaRole> {
  return new Map((roles ?? []).map((role) => [role.name, { ...role, password: passwords?.get(role.name) ?? null }]))
}

function described({ source, path, files, rules, exact, hash, times }: HbaRulesReading) {
  return { source, path, files, rules, exact, hash, changedAt: times?.changed ?? null }
}

async function forceFound({ memory = null }: HbaReadOptions, read: HbaRulesReading, server: HbaServer) {
  const [problem] = read.rules.problems
  const { systemIdentifier, startedAt } = server
  // Without these, what is remembered could be of another server.
  const key = systemIdentifier === null || startedAt === null ? null : `${systemIdentifier} ${startedAt} ${read.path}`
  const evidence = {
    problem: problem ? clean(`line ${problem.line ?? '?'}: ${problem.error}`) : null,
    changed: read.times && { at: read.times.changed, stepMs: read.stepMs },
    written: read.times?.written ?? null,
    loaded: server.loaded,
    hash: read.hash,
    remembered: (key !== null && memory?.recall(key)) || null,
  }
  const finding = determineReloadState(evidence)
  const loaded = certainLoadedHba(evidence, finding)
  if (loaded !== null && key !== null) await memory?.keep(key, loaded)
  return finding
}

function serverOf(facts: HbaFacts, interfaces: Pick<HbaServer, 'interfaces' | 'interfacesComplete'>): HbaServer {
  const { systemIdentifier, versionNumber, ssl, port, listenAddresses, passwordEncryption, ...rest } = facts
  const { hbaFile, dataDirectory, startedAt, clock, clientAddress } = rest
  return {
    ...{ systemIdentifier, versionNumber, major: Math.floor(versionNumber / 10_000), ssl, port, listenAddresses },
    ...{ passwordEncryption, hbaFile, dataDirectory, startedAt, clock, clientAddress },
    loaded: loadedBetween(facts),
    ...interfaces,
  }
}

/**
 * Returns the earliest and the latest moment at which the server can have read its files. A new session inherits the
 * exact time. A session that lived through a reload read the files itself at its next statement; the server did so
 * before.
 */
function loadedBetween({ loadedAt, sessionStartedAt, startedAt, clock }: HbaFacts): HbaServer['loaded'] {
  if (loadedAt === null || (sessionStartedAt === null && startedAt === null))
    return { from: startedAt ?? 0, to: loadedAt ?? clock }
  const from = sessionStartedAt === null ? (startedAt ?? 0) : Math.min(loadedAt, sessionStartedAt)
  return { from, to: loadedAt }
}

/** Reads the server's network interfaces only if a line depends on them. */
async function interfacesOf(
  { session, host = null }: HbaReadOptions,
  facts: HbaFacts,
  rules: HbaRules | null,
  signal: AbortSignal,
): Promise<Pick<HbaServer, 'interfaces' | 'interfacesComplete'>> {
  const matters = rules?.records.some(({ address }) => address?.kind === 'same-host' || address?.kind === 'same-net')
  if (matters && facts.onLinux) {
    const networks = await kernelInterfaces(session, host, facts, signal)
    if (networks.length > 0) return { interfaces: networks, interfacesComplete: true }
  }
  const own = facts.serverAddress === null ? null : parseIpAddress(facts.serverAddress)
  const single: readonly IpNetwork[] = own === null ? [] : [{ address: own, mask: fullNetmask(own.family) }]
  return { interfaces: [...single, ...LOOPBACK_NETWORKS], interfacesComplete: false }
}

async function kernelInterfaces(
  link: DatabaseSession,
  host: HbaHost | null,
  facts: HbaFacts,
  signal: AbortSignal,
): Promise<readonly IpNetwork[]> {
  const { ipv4, ipv6 } = INTERFACE_FILES
  const bySql = facts.mayReadAnywhere && (facts.mayReadBytes || facts.mayReadText)
  try {
    if (!bySql && host === null) return []
    const read = bySql
      ? async (path: string) => (await hbaFilesBySql(link, facts, null, signal).read([path])).get(path) ?? null
      : async (path: string) => (await host?.readFile(path, { signal }))?.text ?? null
    return parseInterfaces(await read(ipv4), await read(ipv6))
  } catch {
    // The interfaces are then unknown, and a line that depends on them stays undecided.
    return []
  }
}

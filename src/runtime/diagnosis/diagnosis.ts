// Runs a diagnosis: all checks at once, each with a time limit, and then the verdict. It only reads.

import type { DatabaseConfig } from '../../config/config.ts'
import type { EntryPointInput } from '../../model/alerts/rules/entry-point-conditions.ts'
import {
  DIAGNOSIS_CHECKS,
  type DiagnosisCheckId,
  type DiagnosisOutcome,
  type DiagnosisResult,
  diagnosisChecks,
  unknownOutcome,
} from '../../model/diagnosis/check-result.ts'
import { judgeEntryPoint, judgeWayOfUsers } from '../../model/diagnosis/entry-points.ts'
import { type DiagnosisSubject, type DiagnosisVerdict, diagnosisVerdict } from '../../model/diagnosis/verdict.ts'
import type { EntryPointView } from '../../model/measured/entry-points/entry-point-view.ts'
import type { Picture } from '../../model/picture/picture.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { withCurrentEndpoints } from '../hosts/current-endpoints.ts'
import { databaseChecks } from './database-checks.ts'
import { type DiagnosisInput, DiagnosisReadings } from './diagnosis-readings.ts'
import { serverChecks } from './server-checks.ts'
import type { DiagnosisCheck, DiagnosisChecks } from './target-checks.ts'

export interface Diagnosis {
  readonly subject: DiagnosisSubject
  /** In the order of the checks. */
  readonly findings: readonly DiagnosisResult[]
  readonly verdict: DiagnosisVerdict
}

/** The checks of a diagnosis, before any of them runs. */
export interface DiagnosisPlan {
  readonly subject: DiagnosisSubject
  readonly checks: readonly DiagnosisCheckId[]
  /** Resolves when every check has ended, at the latest with `known.signal`. Never throws. */
  run(onResult: (finding: DiagnosisResult) => void): Promise<Diagnosis>
}

const CHECK_MS = 15_000

/**
 * Returns the diagnosis of one server, database, pooler, proxy or address by its id; null if it is not watched. It reads nothing before `run`.
 */
export function planDiagnosis(given: DiagnosisInput, id: string): DiagnosisPlan | null {
  const known = { ...given, config: withCurrentEndpoints(given.config, given.snapshot.databases) }
  const { config, picture } = known
  const server = config.servers.find(({ spec }) => spec.id === id)
  const database = config.databases.find(({ spec }) => spec.id === id)
  const view = [...picture.servers, ...picture.databases].find((one) => one.id === id)
  const entryPoint = picture.entryPoints.find((each) => each.id === id)
  if (!server && !database) return entryPoint ? planEntryPoint(known, entryPoint) : null
  const subject: DiagnosisSubject = {
    id,
    name: view?.name ?? clean(id),
    kind: server ? 'server' : 'database',
    isReadOnlyServer: server?.spec.type === 'read-only',
  }
  const table: DiagnosisChecks = server ? serverChecks(server) : database ? databaseTable(database, picture) : {}
  const role = picture.databases.find((one) => one.id === id)?.role ?? 'unknown'
  const mayReplicate = database !== undefined && (database.spec.slot !== null || database.spec.replicationUser !== null)
  const isRefused = (picture.databases.find((one) => one.id === id)?.pulse?.refused ?? []).length > 0
  const checks = diagnosisChecks(server ? 'server' : 'database', role, mayReplicate, isRefused).filter(
    (each) => table[each] !== undefined,
  )
  return { subject, checks, run: (onResult) => run(new DiagnosisReadings(known), subject, checks, table, onResult) }
}

/** With the way of the users, where the configuration has entry points that should lead to the primary. */
function databaseTable(database: DatabaseConfig, picture: Picture): DiagnosisChecks {
  const table = databaseChecks(database)
  if (!picture.entryPoints.some(({ expects }) => expects === 'primary')) return table
  return { ...table, 'way-of-users': async ({ input }) => judgeWayOfUsers(entryPointInput(input)) }
}

function entryPointInput({ snapshot, picture: { entryPoints, runs, at: now } }: DiagnosisInput): EntryPointInput {
  return { snapshot, entryPoints, runs, now }
}

function planEntryPoint(known: DiagnosisInput, view: EntryPointView): DiagnosisPlan {
  const { id, name, kind } = view
  const subject: DiagnosisSubject = { id, name, kind, isReadOnlyServer: false }
  const checks: readonly DiagnosisCheckId[] = ['entry-point']
  const table: DiagnosisChecks = { 'entry-point': async ({ input }) => judgeEntryPoint(entryPointInput(input), view) }
  return { subject, checks, run: (onResult) => run(new DiagnosisReadings(known), subject, checks, table, onResult) }
}

async function run(
  readings: DiagnosisReadings,
  subject: DiagnosisSubject,
  checks: readonly DiagnosisCheckId[],
  table: DiagnosisChecks,
  onResult: (finding: DiagnosisResult) => void,
): Promise<Diagnosis> {
  try {
    const findings = await Promise.all(
      checks.map(async (id) => {
        const finding = await checked(readings, id, table[id])
        onResult(finding)
        return finding
      }),
    )
    return { subject, findings, verdict: diagnosisVerdict(subject, findings) }
  } finally {
    await readings.close()
  }
}

async function checked(
  readings: DiagnosisReadings,
  id: DiagnosisCheckId,
  check: DiagnosisCheck | undefined,
): Promise<DiagnosisResult> {
  const began = performance.now()
  const judgement = check ? await limited(readings, check) : unknownOutcome('there is no such check')
  const cleaned = { ...judgement, evidence: clean(judgement.evidence) }
  return { ...cleaned, id, title: DIAGNOSIS_CHECKS[id], tookMs: performance.now() - began }
}

/** A check that fails has the result unknown, and the others continue. */
async function limited(readings: DiagnosisReadings, check: DiagnosisCheck): Promise<DiagnosisOutcome> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<DiagnosisOutcome>((resolve) => {
    timer = setTimeout(() => resolve(unknownOutcome(`not done within ${CHECK_MS / 1000} s`)), CHECK_MS)
  })
  try {
    return await Promise.race([check(readings), late])
  } catch (error) {
    return unknownOutcome(messageOf(error), 'this is likely a defect of pgdeck: please report it')
  } finally {
    clearTimeout(timer)
  }
}

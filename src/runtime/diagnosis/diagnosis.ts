// Runs a diagnosis: all checks side by side, each with its limit, told as they end, and the verdict last. It only reads.

import { checksOf } from '../../model/diagnosis/check-order.ts'
import type { CheckId, Finding, Judgement } from '../../model/diagnosis/check-result.ts'
import { CHECKS, unknown } from '../../model/diagnosis/check-result.ts'
import { type Subject, type Verdict, verdictOf } from '../../model/diagnosis/verdict.ts'
import { clean } from '../../model/values/text.ts'
import { answeredConfig } from '../hosts/current-endpoints.ts'
import { databaseChecks } from './database-checks.ts'
import { Case, type CaseKnown } from './diagnosis-readings.ts'
import { serverChecks } from './server-checks.ts'
import type { Check, Checks } from './target-checks.ts'

export interface Diagnosis {
  readonly subject: Subject
  /** In the order of the pass. */
  readonly findings: readonly Finding[]
  readonly verdict: Verdict
}

/** What is going to be checked, before anything is. */
export interface DiagnosisPlan {
  readonly subject: Subject
  readonly checks: readonly CheckId[]
  /** Ends when every check has, at the latest with `known.signal`. Never throws. */
  run(told: (finding: Finding) => void): Promise<Diagnosis>
}

const CHECK_MS = 15_000

/** The diagnosis of one server or database by its id; null when it is not watched. Nothing is asked before `run`. */
export function planDiagnosis(given: CaseKnown, id: string): DiagnosisPlan | null {
  const known = { ...given, config: answeredConfig(given.config, given.snapshot.databases) }
  const { config, picture } = known
  const server = config.servers.find(({ spec }) => spec.id === id)
  const database = config.databases.find(({ spec }) => spec.id === id)
  const view = [...picture.servers, ...picture.databases].find((one) => one.id === id)
  if (!server && !database) return null
  const subject: Subject = {
    id,
    name: view?.name ?? clean(id),
    kind: server ? 'server' : 'database',
    isReadOnlyServer: server?.spec.type === 'read-only',
  }
  const table: Checks = server ? serverChecks(server) : database ? databaseChecks(database) : {}
  const role = picture.databases.find((one) => one.id === id)?.role ?? 'unknown'
  const mayReplicate = database !== undefined && (database.spec.slot !== null || database.spec.replicationUser !== null)
  const checks = checksOf(subject.kind, role, mayReplicate).filter((each) => table[each] !== undefined)
  return { subject, checks, run: (told) => run(new Case(known), subject, checks, table, told) }
}

async function run(
  exam: Case,
  subject: Subject,
  checks: readonly CheckId[],
  table: Checks,
  told: (finding: Finding) => void,
): Promise<Diagnosis> {
  try {
    const findings = await Promise.all(
      checks.map(async (id) => {
        const finding = await checked(exam, id, table[id])
        told(finding)
        return finding
      }),
    )
    return { subject, findings, verdict: verdictOf(subject, findings) }
  } finally {
    await exam.close()
  }
}

async function checked(exam: Case, id: CheckId, check: Check | undefined): Promise<Finding> {
  const began = performance.now()
  const judgement = check ? await limited(exam, check) : unknown('there is no such check')
  const cleaned = { ...judgement, evidence: clean(judgement.evidence) }
  return { ...cleaned, id, title: CHECKS[id], tookMs: performance.now() - began }
}

/** A check that fails by itself is unknown, and the others go on. */
async function limited(exam: Case, check: Check): Promise<Judgement> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Judgement>((resolve) => {
    timer = setTimeout(() => resolve(unknown(`not done within ${CHECK_MS / 1000} s`)), CHECK_MS)
  })
  try {
    return await Promise.race([check(exam), late])
  } catch (error) {
    return unknown(
      error instanceof Error ? error.message : String(error),
      'this is likely a defect of pgdeck: please report it',
    )
  } finally {
    clearTimeout(timer)
  }
}

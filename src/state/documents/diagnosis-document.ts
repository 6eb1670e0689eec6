// The diagnosis document (`diagnose --json`): findings in the order of the checks, and the verdict.

import type { DiagnosisResult } from '../../model/diagnosis/check-result.ts'
import type { DiagnosisSubject, DiagnosisVerdict } from '../../model/diagnosis/verdict.ts'
import type { Health } from '../../model/picture/picture.ts'

interface FindingDocument {
  readonly id: string
  readonly title: string
  readonly result: DiagnosisResult['result']
  readonly evidence: string
  /** The cause that it indicates; null if nothing is wrong. */
  readonly cause: string | null
  readonly certainty: string | null
  readonly next: string | null
  /** When the evidence was read. */
  readonly at: string | null
  readonly tookMs: number
}

export interface DiagnosisDocument {
  readonly schema: 'pgdeck.diagnosis/1'
  readonly at: string
  readonly cluster: string
  readonly name: string
  readonly id: string
  readonly kind: DiagnosisSubject['kind']
  readonly health: Health
  readonly verdict: {
    readonly cause: string | null
    readonly sentence: string
    readonly certainty: string
    readonly next: string | null
  }
  readonly findings: readonly FindingDocument[]
  readonly tookMs: number
}

export interface CompletedDiagnosis {
  readonly cluster: string
  readonly subject: DiagnosisSubject
  readonly findings: readonly DiagnosisResult[]
  readonly verdict: DiagnosisVerdict
  readonly startedAt: number
  readonly endedAt: number
}

/** The document of a completed diagnosis. */
export function diagnosisDocument(diagnosed: CompletedDiagnosis): DiagnosisDocument {
  const { cluster, subject, verdict, findings, startedAt, endedAt } = diagnosed
  const { cause, sentence, certainty, next } = verdict
  return {
    schema: 'pgdeck.diagnosis/1',
    at: new Date(endedAt).toISOString(),
    cluster,
    name: subject.name,
    id: subject.id,
    kind: subject.kind,
    health: verdict.health,
    verdict: { cause, sentence, certainty, next },
    findings: findings.map(findingDocument),
    tookMs: Math.max(0, endedAt - startedAt),
  }
}

function findingDocument(finding: DiagnosisResult): FindingDocument {
  const { id, title, result, evidence, at, tookMs } = finding
  const isTrouble = finding.result === 'warn' || finding.result === 'fail'
  return {
    id,
    title,
    result,
    evidence,
    cause: isTrouble ? finding.cause : null,
    certainty: isTrouble ? finding.certainty : null,
    next: 'next' in finding ? finding.next : null,
    at: at === null ? null : new Date(at).toISOString(),
    tookMs: Math.round(tookMs),
  }
}

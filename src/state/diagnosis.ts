// The diagnosis on the screen: its checks, their findings so far, and its verdict.

import type { DiagnosisCheckId, DiagnosisResult } from '../model/diagnosis/check-result.ts'
import type { DiagnosisSubject, DiagnosisVerdict } from '../model/diagnosis/verdict.ts'

export interface DiagnosisRun {
  /** Distinguishes the runs for the same subject. */
  readonly run: number
  readonly cluster: string
  readonly subject: DiagnosisSubject
  readonly startedAt: number
  /** In the order of the checks. */
  readonly checks: readonly DiagnosisCheckId[]
  /** In the order of arrival. */
  readonly findings: readonly DiagnosisResult[]
  /** null while it runs. */
  readonly verdict: DiagnosisVerdict | null
  readonly endedAt: number | null
}

export type DiagnosisEvent =
  | {
      readonly type: 'diagnosis-begun'
      readonly run: number
      readonly cluster: string
      readonly subject: DiagnosisSubject
      readonly checks: readonly DiagnosisCheckId[]
      readonly at: number
    }
  | { readonly type: 'diagnosed'; readonly run: number; readonly finding: DiagnosisResult }
  | { readonly type: 'diagnosis-ended'; readonly run: number; readonly verdict: DiagnosisVerdict; readonly at: number }

const TYPES: ReadonlySet<string> = new Set<DiagnosisEvent['type']>(['diagnosis-begun', 'diagnosed', 'diagnosis-ended'])

export function isDiagnosisEvent(event: { readonly type: string }): event is DiagnosisEvent {
  return TYPES.has(event.type)
}

/** Returns the run after an event. Late findings of an earlier run change nothing. */
export function reduceDiagnosis(before: DiagnosisRun | undefined, event: DiagnosisEvent): DiagnosisRun {
  if (event.type === 'diagnosis-begun' || !before) return begun(event)
  if (event.run !== before.run) return before
  if (event.type === 'diagnosed') return { ...before, findings: [...before.findings, event.finding] }
  return { ...before, verdict: event.verdict, endedAt: event.at }
}

function begun(event: DiagnosisEvent): DiagnosisRun {
  if (event.type !== 'diagnosis-begun') throw new Error(`${event.type} of a diagnosis that has not started`)
  const { run, cluster, subject, checks, at } = event
  return { run, cluster, subject, startedAt: at, checks, findings: [], verdict: null, endedAt: null }
}

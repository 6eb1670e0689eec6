// The verdict of a diagnosis in one sentence: the most likely cause, how sure it is, and what repairs it.

import type { EntryPointView } from '../measured/entry-points/entry-point-view.ts'
import type { Health } from '../picture/picture.ts'
import { type CauseId, causeRank, causeText, MASKING_CAUSES } from './causes.ts'
import { type Certainty, type DiagnosisProblem, type DiagnosisResult, isDiagnosisProblem } from './check-result.ts'

export interface DiagnosisVerdict {
  /** null: no problem was found. */
  readonly cause: CauseId | null
  readonly sentence: string
  readonly certainty: Certainty
  /** The key or command that repairs it; null if there is nothing to do. */
  readonly next: string | null
  readonly health: Health
}

/** The target of the diagnosis. */
export interface DiagnosisSubject {
  readonly id: string
  readonly name: string
  readonly kind: 'server' | 'database' | EntryPointView['kind']
  /** A server that is the fallback of others and has a standby of its own. */
  readonly isReadOnlyServer: boolean
}

const SURE: Readonly<Record<Certainty, number>> = { certain: 0, likely: 1, possible: 2 }
const SAID: Readonly<Record<Certainty, string>> = {
  certain: 'this is certain',
  likely: 'this is likely',
  possible: 'this is possible, not proven',
}

/** Returns the verdict of all findings, in any order. */
export function diagnosisVerdict(subject: DiagnosisSubject, findings: readonly DiagnosisResult[]): DiagnosisVerdict {
  const root = rootOf(findings)
  if (!root) return withoutTrouble(subject, findings)
  const cause = asCauseOf(subject, root, findings)
  const { certainty, next } = root
  const then = next === null ? '' : `; next: ${next.replace(/\.$/, '')}`
  return {
    cause,
    sentence: `${subject.name} ${causeText(cause)} (${root.evidence}); ${SAID[certainty]}${then}`,
    certainty,
    next,
    health: MASKING_CAUSES.has(cause) ? 'unknown' : root.result === 'fail' ? 'critical' : 'warning',
  }
}

/** A failure comes before a warning, then the deeper cause, then the more certain one. */
function rootOf(findings: readonly DiagnosisResult[]): DiagnosisProblem | null {
  const troubles = findings.filter(isDiagnosisProblem)
  const blinding = troubles.find(({ cause }) => MASKING_CAUSES.has(cause))
  if (blinding) return blinding
  const failing = troubles.filter(({ result }) => result === 'fail')
  const of = failing.length > 0 ? failing : troubles
  const [first] = of.toSorted((a, b) => {
    const both = REPLICATION.has(a.cause) && REPLICATION.has(b.cause)
    const surer = both ? SURE[a.certainty] - SURE[b.certainty] : 0
    return surer || causeRank(a.cause) - causeRank(b.cause)
  })
  return first ?? null
}

/** Several of these may hold at once, and only one is what the standby meets now. */
const REPLICATION: ReadonlySet<CauseId> = new Set<CauseId>([
  'other-system',
  'timeline-fork',
  'replication-hba',
  'replication-credentials',
  'slot-lost',
  'slot-missing',
  'slot-in-use',
  'senders-exhausted',
  'wal-removed',
  'replication-network',
  'replication-broken',
])

const OF_ITSELF: ReadonlySet<CauseId> = new Set<CauseId>(['port-refused', 'not-answering'])

/** For a read-only server that is down, the state of its standby matters most. */
function asCauseOf(
  subject: DiagnosisSubject,
  { cause }: DiagnosisProblem,
  findings: readonly DiagnosisResult[],
): CauseId {
  if (!subject.isReadOnlyServer || !OF_ITSELF.has(cause)) return cause
  const replica = findings.find(({ id }) => id === 'database')
  const broken = findings.some((one) => one.id === 'replica' && isDiagnosisProblem(one))
  return replica?.result === 'ok' && !broken ? 'read-only-server-down' : cause
}

/** Checks without which "nothing is wrong" would be a guess. */
const ESSENTIAL: ReadonlySet<DiagnosisResult['id']> = new Set<DiagnosisResult['id']>([
  'port',
  'application',
  'session',
  'entry-point',
])

/** The figures that are refused are named, so that nobody takes them for good ones. */
function openText({ id, title, evidence }: DiagnosisResult): string {
  return id === 'figures' ? evidence : title
}

function withoutTrouble({ name }: DiagnosisSubject, findings: readonly DiagnosisResult[]): DiagnosisVerdict {
  const open = findings.filter(({ result }) => result === 'unknown')
  const blind = open.some(({ id }) => ESSENTIAL.has(id)) || findings.length === 0
  const count = open.length === 1 ? '1 check is' : `${open.length} checks are`
  const left = open.length === 0 ? '' : `; ${count} unknown: ${open.map(openText).join(', ')}`
  if (blind) {
    const sentence = `the state of ${name} is unknown${left}`
    return { cause: null, sentence, certainty: 'possible', next: null, health: 'unknown' }
  }
  const certainty = open.length === 0 ? 'certain' : 'likely'
  return { cause: null, sentence: `no problem was found with ${name}${left}`, certainty, next: null, health: 'ok' }
}

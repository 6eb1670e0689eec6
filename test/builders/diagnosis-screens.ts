// A screen with a diagnosis on it: of a standby that its source refuses, while it runs and when it has ended.

import {
  DIAGNOSIS_CHECKS,
  type DiagnosisCheckId,
  type DiagnosisOutcome,
  type DiagnosisResult,
  diagnosisChecks,
  fail,
  ok,
  skipped,
  unknownOutcome,
  warn,
} from '../../src/model/diagnosis/check-result.ts'
import { diagnosisVerdict } from '../../src/model/diagnosis/verdict.ts'
import type { DiagnosisRun } from '../../src/state/diagnosis.ts'
import type { State } from '../../src/state/state.ts'
import { primaryDown } from './screens.ts'
import { NOW } from './snapshot.ts'

const SUBJECT = { id: 'db-ro', name: 'db-ro', kind: 'database', isReadOnlyServer: false } as const
const CHECKED = diagnosisChecks('database', 'replica', true)

const FOUND: Partial<Record<DiagnosisCheckId, DiagnosisOutcome>> = {
  here: ok('the subject itself answers'),
  name: ok('the config gives an address'),
  host: ok('port 2345 of 10.0.0.13 takes connections', NOW),
  port: ok('10.0.0.13:2345 takes connections', NOW),
  session: ok('PostgreSQL 18.4 answers in 2.1 ms', NOW),
  state: ok('in recovery, replayed to 0/593A0010', NOW),
  service: unknownOutcome('whether it runs is unknown: pgdeck has no access to host h3', 'give it "ssh" in the config'),
  receiver: fail(
    'replication-hba',
    'the log of db-ro says: pg_hba.conf rejects replication connection for host "10.0.0.13"',
    {
      next: 'h, or pgdeck hba audit db-1',
      at: NOW - 90_000,
    },
  ),
  sender: warn('replication-broken', 'db-1 has no walsender for it', { certainty: 'possible' }),
  standbys: skipped('it has no standby'),
}

function finding(id: DiagnosisCheckId): DiagnosisResult {
  return { ...(FOUND[id] ?? ok('as it should be', NOW)), id, title: DIAGNOSIS_CHECKS[id], tookMs: 12 }
}

function running(done: number): DiagnosisRun {
  const findings = CHECKED.slice(0, done).map(finding)
  const run = { run: 1, cluster: 'vault', subject: SUBJECT, startedAt: NOW - 1_400, checks: CHECKED, findings }
  return { ...run, verdict: null, endedAt: null }
}

function onPage(diagnosis: DiagnosisRun): State {
  const state = primaryDown()
  const details = { view: 'diagnosis', pane: 'databases', id: 'db-ro', scroll: 0 } as const
  return { ...state, diagnosis, navigation: { ...state.navigation, details } }
}

/** Half of its checks have ended. */
export function diagnosing(): State {
  return onPage(running(Math.floor(CHECKED.length / 2)))
}

/** It has ended in a verdict. */
export function diagnosed(): State {
  const run = running(CHECKED.length)
  return onPage({ ...run, verdict: diagnosisVerdict(SUBJECT, run.findings), endedAt: NOW })
}

// `terminate-session`: ends a session or many. Their open transactions are rolled back.

import { noImpact } from '../../model/runs/plan.ts'
import type { Action } from '../definition/action.ts'
import { needsDatabase } from '../definition/target.ts'
import { SESSION_ACTION_FIELDS } from './chosen-sessions.ts'
import { behindText, type SessionSignal, sessionSignalDraft } from './signal.ts'

const TERMINATE: SessionSignal = {
  call: 'pg_terminate_backend',
  verb: 'terminate',
  step: 'terminate',
  impact: (sessions, behind) => ({
    ...noImpact(
      `${sessions.length === 1 ? 'One session is' : `${sessions.length} sessions are`} cut; what they had open is rolled back.${behindText(behind)}`,
    ),
    sessionsCut: sessions.length,
  }),
}

export const terminateSessionAction: Action = {
  name: 'terminate-session',
  title: 'terminate a session',
  explains:
    'The session ends and its transaction is rolled back; by pid, or all sessions by state, age, application, role or client.',
  key: 'K',
  danger: 'disruptive',
  target: 'database',
  locks: 'none',
  fields: SESSION_ACTION_FIELDS,
  whyNot: needsDatabase,
  draft: (clusterView, request, tools) => sessionSignalDraft(TERMINATE, clusterView, request, tools),
}

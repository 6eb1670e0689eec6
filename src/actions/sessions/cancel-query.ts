// `cancel-query`: cancels the statement of a session or of many. The sessions stay.

import { noImpact } from '../../model/runs/plan.ts'
import type { Action } from '../definition/action.ts'
import { needsDatabase } from '../definition/target.ts'
import { SESSION_ACTION_FIELDS } from './chosen-sessions.ts'
import { behindText, type SessionSignal, sessionSignalDraft } from './signal.ts'

const CANCEL: SessionSignal = {
  call: 'pg_cancel_backend',
  verb: 'cancel the statement of',
  step: 'cancel',
  impact: (sessions, behind) =>
    noImpact(
      `${sessions.length === 1 ? 'One statement ends' : `${sessions.length} statements end`} with an error; the sessions continue.${behindText(behind)}`,
    ),
}

export const cancelQueryAction: Action = {
  name: 'cancel-query',
  title: 'cancel a query',
  explains: 'The statement ends with an error, the session continues; by pid, or all statements that run longer.',
  key: 'C',
  danger: 'disruptive',
  target: 'database',
  locks: 'none',
  fields: SESSION_ACTION_FIELDS,
  whyNot: needsDatabase,
  draft: (clusterView, request, tools) => sessionSignalDraft(CANCEL, clusterView, request, tools),
}

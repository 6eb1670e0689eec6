// The plan that adds lines to pg_hba.conf where a manager writes that file: it is asked to keep them, and they are read.

import { editHbaKind, hbaInForceKind } from '../add-hba-entry/edit-hba.ts'
import type { Draft } from '../definition/action.ts'
import { oneRequest, targetView } from './database-drafts.ts'
import type { Delegation, NotDelegated } from './delegated-draft.ts'
import { NO_EFFECT } from './effects.ts'

/** A manager may look at its loop first, and reload later. */
const IN_FORCE_SECONDS = 90

/** With the checks and the cost of lines that pgdeck writes itself. */
export async function delegatedHbaEntry(delegation: Delegation): Promise<Draft | NotDelegated> {
  const view = targetView(delegation)
  const own = await delegation.direct()
  const edits = own.steps.flatMap((step) => editHbaKind.argsOf(step) ?? [])
  const [edit, another] = edits
  if (!edit || another) return { why: 'the lines belong into several files' }
  const draft = await oneRequest(
    delegation,
    {
      wanted: { act: 'add-hba-entry', view, file: edit.path, insertions: edit.insertions },
      view,
      effect: NO_EFFECT,
      ifStopped: 'The lines are there, or will be.',
    },
    {
      danger: own.danger,
      impact: own.impact,
      checks: own.checks.filter(({ id }) => !OF_A_FILE.has(id)),
    },
  )
  if ('why' in draft) return draft
  const inForce = own.steps.filter((step) => hbaInForceKind.argsOf(step) !== null)
  return {
    ...draft,
    steps: [...draft.steps, ...inForce.map((step) => ({ ...step, deadlineSeconds: IN_FORCE_SECONDS }))],
  }
}

/** Checks of the reload and of the host, which are the manager's own. */
const OF_A_FILE: ReadonlySet<string> = new Set(['manager', 'privilege', 'right-server'])

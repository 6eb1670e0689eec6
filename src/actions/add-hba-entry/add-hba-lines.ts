// The step that admits the standbys of a plan to their new upstream: lines in its pg_hba.conf, a reload, and the proof.

import { auditAttaching } from '../../model/hba/audit/attaching.ts'
import { hbaAuditInput } from '../../model/hba/audit/audit-input.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { profileOf } from '../../profiles/facts.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts } from '../definition/step-kind.ts'
import { editHbaFile, hbaFileShape } from '../hba/edit-hba-file.ts'
import { zeroByteReason } from '../hba/hba-file.ts'
import { insertionList, linesInForce, linesOf, whyNotTaken, withInsertedLines } from './edit-hba.ts'
import { takeOutLines } from './take-out-lines.ts'

const form = () =>
  arg.form({
    ...hbaFileShape(),
    major: arg.number(),
    insertions: insertionList(),
    /** Ids of those for whom the lines are. */
    followers: arg.texts(),
    servers: arg.texts(),
  })
type Args = arg.Of<typeof form>

/** The kind of these steps, and the id of the first one in a plan. */
export const ADD_HBA_LINES = 'add-hba-lines'

/** A file that gets lines, with those for whom they are, and the texts that differ between plans. */
export interface HbaLines extends Pick<StepTexts, 'id' | 'title' | 'how' | 'where' | 'detail' | 'ifStopped'> {
  readonly edit: Args
}

export const addHbaLinesKind = defineStep({
  kind: ADD_HBA_LINES,
  version: 1,
  args: form,
  staysAsConfirmed: true,
  plan: ({ edit, ...texts }: HbaLines): StepPlan<Args> => ({
    ...texts,
    args: edit,
    verify: 'pg_hba_file_rules has them without an error, after a reload',
    undo: `only these lines are removed, and it reloads; backup: ${edit.backup}`,
    maySkip: true,
    deadlineSeconds: 15,
  }),
  async run(args, tools) {
    const { database, path } = args
    await editHbaFile(
      args,
      {
        edited(text) {
          if (text.includes('\0')) throw new ActionError(zeroByteReason(path), 'Nothing was changed.')
          return withInsertedLines(text, args.insertions, args.major)
        },
        whyRefused: () => whyNotTaken(args, tools),
      },
      tools,
    )
    await tools.callFunction(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  },
  async verify(args, tools) {
    const found = await linesInForce(args.database, linesOf(args.insertions), tools)
    if (found.result !== 'yes') return found
    return { ...found, evidence: `${found.evidence}${admissionText(args, tools)}` }
  },
  undo: takeOutLines,
})

/** By the rules as they are now, who of them is admitted, as the end of a sentence. */
function admissionText({ database, followers, servers }: Args, tools: ActionToolbox): string {
  const { snapshot, picture } = tools.view()
  const known = hbaAuditInput(snapshot, picture, profileOf(snapshot.spec.profile))
  const { result, message } = auditAttaching(known, database, { followers, servers })
  return result === 'pass' ? `; ${message}` : ''
}

// Edits a file of a host, if it still is the one planned for. A copy is kept beside it, and undo restores it.

import { removeMatchingLines } from '../../model/hba/edit/edit-lines.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { TextEdit } from '../../model/values/text-lines.ts'
import type { FileEdits } from '../definition/profile-actions.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../definition/step-kind.ts'
import { sha256OfText } from '../hba/hba-file.ts'
import { hostFromArguments } from '../hosts/host-programs.ts'
import { refuseWhileWritable } from '../hosts/undo-guard.ts'

const form = () =>
  arg.form({
    host: arg.optionalText(),
    path: arg.text(),
    /** `without-lines`, or an edit of a profile. */
    edit: arg.text(),
    /** Hashes of the file before and after; null if it could not be read when the run was planned. */
    before: arg.optionalText(),
    after: arg.optionalText(),
    /** Path of the copy. */
    backup: arg.text(),
    /** A database that must not be writable when the file is restored; null: no condition. */
    guard: arg.optionalText(),
    /** The lines that `without-lines` removes. */
    lines: arg.texts(),
  })
type Args = arg.Of<typeof form>

interface FileEditStep extends StepTexts {
  readonly edit: Args
}

/** Plans the step for any edit: the list of edits matters only when it runs. */
function planFileEdit({ edit, ...texts }: FileEditStep): StepPlan<Args> {
  return { ...texts, args: edit }
}

/** The id of the edit that removes the given lines. */
export const REMOVE_LINES_EDIT = 'without-lines'

/** Makes the kind of step with these edits and `without-lines`. */
export function createEditFileKind(edits: FileEdits) {
  return defineStep({
    kind: 'edit-file',
    version: 1,
    args: form,
    staysAsConfirmed: true,
    plan: planFileEdit,
    async run(args, tools) {
      const { path, edit, before, after, backup, lines } = args
      const connection = hostFromArguments(args, tools)
      const { signal } = tools
      const file = await connection.readFile(path, { signal })
      if (!file) throw new ActionError(`${path} no longer exists`, 'Find it on its host.')
      if (file.sha256 === after) return
      if (file.sha256 !== before) throw fileChangedError(path)
      const made = applyEdit(edits, edit, file.text, lines)
      if (made.state !== 'changed' || sha256OfText(made.text) !== after)
        throw new ActionError(`pgdeck can’t edit ${path} as planned: ${made.summary}`)
      await connection.replaceFile(path, made.text, { signal, expected: before, backup })
      tools.writeOutput(`${path}: ${made.summary}; backup: ${backup}`)
    },
    async verify(args, tools): Promise<Verification> {
      const { path, edit, before, after, lines } = args
      const file = await hostFromArguments(args, tools).readFile(path, { signal: tools.signal })
      if (!file) return { result: 'not-yet', why: `${path} does not exist` }
      if (file.sha256 === after && before === after) return { result: 'yes', evidence: `${path}: nothing to do` }
      if (file.sha256 === after) return { result: 'yes', evidence: `${path} is as planned` }
      const now = applyEdit(edits, edit, file.text, lines)
      // Edited by hand, or changed otherwise since: what matters is that nothing is left to edit.
      if (now.state === 'already') return { result: 'yes', evidence: `${path}: ${now.summary}` }
      return { result: 'not-yet', why: `${path} is not edited yet` }
    },
    async undo(args, tools) {
      const { path, before, after, backup } = args
      const connection = hostFromArguments(args, tools)
      const { signal } = tools
      const file = await connection.readFile(path, { signal })
      if (file && file.sha256 === before) return `${path} has its former content`
      await refuseWhileWritable(args.guard, `restoring ${path}`, tools)
      const old = await connection.readFile(backup, { signal })
      if (!old) throw new ActionError(`${backup} does not exist: pgdeck can’t restore ${path} from it`)
      if (file?.sha256 !== after)
        throw new ActionError(`${path} was changed since`, `Its former content is in ${backup}: restore it by hand.`)
      await connection.replaceFile(path, old.text, { signal, expected: file.sha256, backup: null })
      await connection.removeFile(backup, { signal, expected: old.sha256, backup: null })
      return `${path} has its former content`
    },
  })
}

/** A step of this kind: the list of edits matters only when it runs. */
export const editFileStep = createEditFileKind({}).plan

/** `lines` are those of `without-lines`. Throws an Error for an edit that this version does not have. */
function applyEdit(edits: FileEdits, id: string, text: string, lines: readonly string[]): TextEdit {
  if (id === REMOVE_LINES_EDIT) return removeMatchingLines(text, lines)
  const edit = Object.hasOwn(edits, id) ? edits[id] : undefined
  if (edit) return edit(text)
  throw new Error(`this version has no edit "${id}"`)
}

export function fileChangedError(path: string): ActionError {
  return new ActionError(`${path} has changed since the plan`, 'Check it, then plan again: pgdeck wrote nothing to it.')
}

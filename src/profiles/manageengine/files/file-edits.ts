// The three files of the product that make a server read-only: their current and their edited content.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import { sha256OfText } from '../../../actions/hba/hba-file.ts'
import { unifiedDiff } from '../../../actions/hosts/file-diff.ts'
import { editFileStep } from '../../../actions/steps/edit-file.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { installationPath, type ProductInstallation } from '../roles/installation.ts'
import { FILE_EDIT_INSTRUCTIONS, FILE_EDITS, type FileEditId } from './edits.ts'

export interface PlannedFileEdit {
  readonly id: FileEditId
  readonly path: string
  readonly backup: string
  /** `unclear`: missing, not readable, or of an unknown form; a person must check. */
  readonly state: 'changed' | 'already' | 'unclear'
  /** The change, or why it is impossible. */
  readonly what: string
  readonly before: string | null
  readonly after: string | null
  readonly diff: string | null
}

const PATHS: readonly (readonly [FileEditId, string])[] = [
  ['recovery-props', 'pgsql/ext_conf/postgres_ext.conf'],
  ['readonly-mode', 'conf/configurations.properties'],
  ['server-state', 'conf/serverstate.conf'],
]

/** Reads the files and makes the edits in memory. Writes nothing, never throws. */
export function planFileEdits(
  installation: ProductInstallation,
  tools: ActionToolbox,
): Promise<readonly PlannedFileEdit[]> {
  return Promise.all(PATHS.map(([id, path]) => planEdit(id, installationPath(installation, path), installation, tools)))
}

async function planEdit(
  id: FileEditId,
  path: string,
  { control, host, folder }: ProductInstallation,
  tools: ActionToolbox,
): Promise<PlannedFileEdit> {
  const unknown = (what: string): PlannedFileEdit => {
    return {
      id,
      path,
      backup: editBackupPath(path, tools),
      state: 'unclear',
      what,
      before: null,
      after: null,
      diff: null,
    }
  }
  const connection = tools.host(host)
  if (control === 'manual' || !connection) return unknown('pgdeck can’t read it')
  if (folder === null) return unknown('"installDirectory" of its host is missing in the config')
  try {
    const file = await connection.readFile(path, { signal: tools.signal })
    if (!file) return unknown('it does not exist')
    const made = FILE_EDITS[id](file.text)
    if (made.state === 'unclear') return { ...unknown(made.summary), before: file.sha256 }
    const text = made.state === 'changed' ? made.text : file.text
    const diff = made.state === 'changed' ? await unifiedDiff(path, file.text, made.text) : null
    return { ...unknown(made.summary), state: made.state, before: file.sha256, after: sha256OfText(text), diff }
  } catch (error) {
    return unknown(error instanceof FaultError ? error.fault.message : String(error))
  }
}

/** The path of the copy: beside the file, with the run's id, so that copies of several runs are distinct. */
export function editBackupPath(path: string, { run }: Pick<ActionToolbox, 'run'>): string {
  return `${path}.pgdeck-${run}`
}

/** The last part of the path: the command to type has the whole path. */
function fileNameIn(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}

/** Returns one step; `guard` is the database that must not be writable when the step is undone. */
export function fileEditStep(edit: PlannedFileEdit, installation: ProductInstallation, guard: string): PlannedStep {
  const { id, path, backup, state, what, before, after, diff } = edit
  const byHand = state === 'unclear'
  const name = fileNameIn(path)
  return editFileStep({
    id: `edit-${id}`,
    edit: { host: installation.host, path, edit: id, before, after, backup, guard, lines: [] },
    title: byHand ? `in ${name}: ${FILE_EDIT_INSTRUCTIONS[id]}, by hand (${what})` : `${name}: ${what}`,
    how: byHand ? 'manual' : 'file',
    where: installation.host ?? 'the host of the server',
    detail: byHand
      ? `cp -p ${path} ${backup}\nedit ${path}: ${FILE_EDIT_INSTRUCTIONS[id]}`
      : state === 'already'
        ? `nothing: ${what}`
        : `${diff}\n(a copy of the old one: ${backup})`,
    verify:
      state === 'already' ? `${name} already has this content` : `${name} has this content: nothing is left to edit`,
    undo: byHand ? null : `${name} is restored from its backup, unless it has changed since or the server is writable`,
    ifStopped: 'The service is stopped; undo restores its files and starts it.',
    maySkip: byHand,
    deadlineSeconds: byHand ? MANUAL_STEP_SECONDS : 15,
  })
}

// The three files of the product that make a server read-only, as they are now and as they would be.

import type { PlannedStep } from '../../model/runs/plan.ts'
import { FaultError } from '../../model/values/fault.ts'
import type { Tools } from '../definition/action.ts'
import { shaOf } from '../hba/hba-file.ts'
import { BY_HAND_SECONDS } from '../promotion/planned-steps.ts'
import { diffOf } from './files/diff.ts'
import { editFileArguments } from './files/edit-file.ts'
import { type EditId, edited, IN_WORDS } from './files/edits.ts'
import { type Installation, placed } from './installation/installation.ts'

export interface PlannedEdit {
  readonly id: EditId
  readonly path: string
  readonly backup: string
  /** `unclear`: not there, not readable, or not of a form that is known; a person has to look. */
  readonly state: 'changed' | 'already' | 'unclear'
  /** What is to be changed, or why nothing can be. */
  readonly what: string
  readonly before: string | null
  readonly after: string | null
  readonly diff: string | null
}

const PATHS: readonly (readonly [EditId, string])[] = [
  ['recovery-props', 'pgsql/ext_conf/postgres_ext.conf'],
  ['readonly-mode', 'conf/configurations.properties'],
  ['server-state', 'conf/serverstate.conf'],
]

/** Reads the files and makes the edits in memory. Writes nothing, never throws. */
export function planEdits(installation: Installation, tools: Tools): Promise<readonly PlannedEdit[]> {
  return Promise.all(PATHS.map(([id, path]) => planEdit(id, placed(installation, path), installation, tools)))
}

async function planEdit(
  id: EditId,
  path: string,
  { how, host, folder }: Installation,
  tools: Tools,
): Promise<PlannedEdit> {
  const unknown = (what: string): PlannedEdit => {
    return { id, path, backup: backupOf(path, tools), state: 'unclear', what, before: null, after: null, diff: null }
  }
  const reach = tools.host(host)
  if (how === 'manual' || !reach) return unknown('it can’t be read from here')
  if (folder === null) return unknown('"installDirectory" of its host is not in the config')
  try {
    const file = await reach.readFile(path, { signal: tools.signal })
    if (!file) return unknown('it is not there')
    const made = edited(id, file.text)
    if (made.state === 'unclear') return { ...unknown(made.what), before: file.sha256 }
    const text = made.state === 'changed' ? made.text : file.text
    const diff = made.state === 'changed' ? await diffOf(path, file.text, made.text) : null
    return { ...unknown(made.what), state: made.state, before: file.sha256, after: shaOf(text), diff }
  } catch (error) {
    return unknown(error instanceof FaultError ? error.fault.message : String(error))
  }
}

/** Beside the file, with the run's id: what it was before can be found and told apart. */
export function backupOf(path: string, { run }: Pick<Tools, 'run'>): string {
  return `${path}.pgdeck-${run}`
}

/** Its last part: the whole path is in what is to be typed. */
export function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}

/** One step; `guard` is the database that must not take writes when it is taken back. */
export function editStep(edit: PlannedEdit, installation: Installation, guard: string): PlannedStep {
  const { id, path, backup, state, what, before, after, diff } = edit
  const byHand = state === 'unclear'
  const name = nameOf(path)
  return {
    id: `edit-${id}`,
    kind: 'edit-file',
    args: editFileArguments({ host: installation.host, path, edit: id, before, after, backup, guard }),
    title: byHand ? `in ${name}: ${IN_WORDS[id]}, by hand (${what})` : `${name}: ${what}`,
    how: byHand ? 'manual' : 'file',
    where: installation.host ?? 'the host of the server',
    detail: byHand
      ? `cp -p ${path} ${backup}\nedit ${path}: ${IN_WORDS[id]}`
      : state === 'already'
        ? `nothing: ${what}`
        : `${diff}\n(a copy of the old one: ${backup})`,
    verify: state === 'already' ? `${name} is still so` : `${name} reads so: nothing is left to be edited`,
    undo: byHand
      ? null
      : `${name} is put back from its copy, unless somebody else has changed it or the server takes writes`,
    ifStopped: 'The service is stopped; undo puts its files back and starts it.',
    maySkip: byHand,
    changes: [],
    deadlineSeconds: byHand ? BY_HAND_SECONDS : 15,
  }
}

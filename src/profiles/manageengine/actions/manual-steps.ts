// Steps of the product's procedures that are data with few differences: waiting for a file, copying one, seeing one.

import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { installationPath, type ProductInstallation, typedCommand } from '../roles/installation.ts'

const COMMON = { undo: null, maySkip: true, changes: [] } as const

/** What a person makes, and where it is looked for; `path` null where that is not known. */
export function manualFileStep(
  id: string,
  installation: ProductInstallation,
  path: string | null,
  words: { readonly title: string; readonly detail: string; readonly ifStopped: string },
): PlannedStep {
  return {
    ...COMMON,
    ...words,
    id,
    kind: 'file-there',
    args: { host: installation.host, path },
    how: 'manual',
    where: installation.host ?? 'its host',
    verify: path === null ? 'a person says so' : `${path} is there, and not empty`,
    deadlineSeconds: MANUAL_STEP_SECONDS,
  }
}

/** A file from one installation into another; by hand where something is not known or reached. */
export function copyBetweenInstallationsStep(
  id: string,
  from: ProductInstallation,
  path: string | null,
  to: ProductInstallation,
  what: string,
): PlannedStep {
  const name = path?.split(/[\\/]/).at(-1) ?? null
  const target = name === null ? null : installationPath(to, name)
  const isOurs = path !== null && from.control !== 'manual' && to.control !== 'manual' && to.folder !== null
  return {
    ...COMMON,
    id,
    kind: 'copy-file',
    args: { host: from.host, path, toHost: to.host, target },
    title: `bring ${what} to ${to.host ?? 'its host'}`,
    how: isOurs ? (from.control === 'local' && to.control === 'local' ? 'local' : 'ssh') : 'manual',
    where: to.host ?? 'its host',
    detail: typedCommand(from, [
      'scp',
      path ?? `<${what}>`,
      `${to.address ?? to.host ?? '<host>'}:${target ?? installationPath(to, '')}`,
    ]),
    verify: 'it is there, with the same SHA-256',
    ifStopped: `${what} can be copied again.`,
    deadlineSeconds: isOurs ? 300 : MANUAL_STEP_SECONDS,
  }
}

// A file with alert limits alone, to try them on a recording.

import { resolveThresholds } from '../../../config/defaults.ts'
import { inOrder } from '../../../config/load.ts'
import { ConfigError } from '../../../config/problems/config-error.ts'
import { parseConfigDocument } from '../../../config/problems/document.ts'
import { allowedText, problemsFromIssues } from '../../../config/problems/problems.ts'
import { alertsSchema } from '../../../config/schema/alerts.ts'
import { FileError, readTextFile } from '../../../io/files/text-files.ts'
import type { Thresholds } from '../../../model/measured/spec.ts'

/**
 * Returns the limits that the file names, in the units of the model. It has what a cluster has as `alerts` in the configuration.
 * Of a pair of limits, the one that is left out has its default. Throws ConfigError.
 */
export function loadAlertLimits(file: string): Partial<Thresholds> {
  const document = parseConfigDocument(textOf(file))
  if (!('value' in document)) {
    const problems = document.map((problem) => ({ path: null, ...problem }))
    throw new ConfigError('invalid', file, problems)
  }
  const checked = alertsSchema.safeParse(document.value, { error: allowedText })
  const problems = [...document.problems, ...problemsFromIssues(checked.error?.issues ?? [], document.value)]
  if (!checked.success || problems.length > 0) throw new ConfigError('invalid', file, inOrder(document, problems))
  const named = new Set(Object.keys(document.value as object))
  const unnamed = { warning: Number.NaN, critical: Number.NaN }
  const raw = Object.entries(checked.data).map(([name, pair]) => [name, named.has(name) ? pair : unnamed])
  // Some have another name and unit in the model.
  const resolved = Object.entries(resolveThresholds(Object.fromEntries(raw)))
  return Object.fromEntries(resolved.filter(([, { warning }]) => !Number.isNaN(warning)))
}

function textOf(file: string): string {
  try {
    return readTextFile(file).text
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const message = error.message.slice(error.path.length + 2)
    throw new ConfigError('unreadable', file, [{ path: null, line: null, column: null, message }])
  }
}

// A file with alert limits alone, to try them on a recording.

import { resolveThresholds } from '../../../config/defaults.ts'
import { inOrder } from '../../../config/load.ts'
import { ConfigError } from '../../../config/problems/config-error.ts'
import { parseConfigDocument } from '../../../config/problems/document.ts'
import { allowedText, problemsFromIssues } from '../../../config/problems/problems.ts'
import { alertsSchema } from '../../../config/schema/alerts.ts'
import { FileError, readTextFile } from '../../../io/files/text-files.ts'
import type { Limits } from '../../../model/measured/spec.ts'
import type { OtherLimits } from '../../../runtime/recording/backtest.ts'

/**
 * Returns the limits that the file names, in the units of the model. It has what a cluster has as `alerts` in the configuration;
 * what it leaves out stays as it was recorded, also one of a pair. Throws ConfigError.
 */
export function loadAlertLimits(file: string): OtherLimits {
  const document = parseConfigDocument(textOf(file))
  if (!('value' in document)) {
    const problems = document.map((problem) => ({ path: null, ...problem }))
    throw new ConfigError('invalid', file, problems)
  }
  const checked = alertsSchema.safeParse(withBoth(document.value), { error: allowedText })
  const problems = [...document.problems, ...problemsFromIssues(checked.error?.issues ?? [], document.value)]
  if (!checked.success || problems.length > 0) throw new ConfigError('invalid', file, inOrder(document, problems))
  const named = document.value as Readonly<Record<string, object>>
  const raw = Object.entries(checked.data).map(([name, { warning, critical }]) => {
    const isNamed = (key: string) => Object.hasOwn(named, name) && Object.hasOwn(named[name] ?? {}, key)
    return [
      name,
      { warning: isNamed('warning') ? warning : Number.NaN, critical: isNamed('critical') ? critical : Number.NaN },
    ]
  })
  // Some have another name and unit in the model.
  const resolved = Object.entries(resolveThresholds(Object.fromEntries(raw)))
  return Object.fromEntries(resolved.map(([name, pair]) => [name, known(pair)]))
}

/** One of a pair alone is not compared with the default of the other, which is not in force. */
function withBoth(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const pairs = Object.entries(value).map(([name, pair]) => {
    const limits = typeof pair === 'object' && pair !== null ? Object.values(pair) : []
    const [only] = limits
    return [name, limits.length === 1 && isLimit(pair) ? { warning: only, critical: only } : pair]
  })
  return Object.fromEntries(pairs)
}

function isLimit(pair: object): boolean {
  return Object.hasOwn(pair, 'warning') || Object.hasOwn(pair, 'critical')
}

function known(pair: Limits): Partial<Limits> {
  return Object.fromEntries(Object.entries(pair).filter(([, limit]) => !Number.isNaN(limit)))
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

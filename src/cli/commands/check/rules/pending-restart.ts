// Settings of each database that wait for a restart.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { pendingRestartText } from '../../../../model/settings/pending-restart.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachDatabase } from '../evaluation/readable.ts'
import type { PluginFinding } from '../evaluation/result.ts'

function judge({ id, pulse }: DatabaseView, { title }: CheckSubject): readonly PluginFinding[] {
  const name = title(id)
  const pending = pulse?.pendingRestart
  const unknown = (why: string): readonly PluginFinding[] => [{ status: 'unknown', text: `${name} unknown: ${why}` }]
  if (!pending) return unknown('this server does not tell which settings wait for a restart')
  const performance = [{ label: name, value: pending.names.length, unit: '' as const, least: 0 }]
  const text = `${name}: ${pendingRestartText(pending.names)}`
  if (pending.names.length > 0) return [{ status: 'warning', text, performance }]
  if (pending.isComplete) return [{ status: 'ok', text, performance }]
  return unknown('this session sees no such setting, but not all settings (GRANT pg_read_all_settings shows them)')
}

export const pendingRestartCheck: CheckRule = {
  title: 'settings that wait for a restart',
  explains:
    'A warning for a database with settings whose new value is loaded and takes effect only after a restart; names them. Unknown ' +
    'without `pg_read_all_settings` (in `pg_monitor`) if the settings that the role may see do not wait.',
  subjectKind: 'databases',
  limit: null,
  expectation: null,
  evaluate: (subject) => evaluateEachDatabase(subject, (view) => judge(view, subject)),
  emptyText: 'no database is known',
}

// Whether each primary accepts writes of sessions with default settings.

import {
  READ_ONLY_UNKNOWN,
  readOnlyByDefault,
  readOnlyByDefaultText,
  writableText,
} from '../../../../model/measured/read-only-default.ts'
import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isReplica } from '../../../../model/picture/roles.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachPrimary } from '../evaluation/readable.ts'
import type { PluginFinding } from '../evaluation/result.ts'

function judge(view: DatabaseView, { title }: CheckSubject): readonly PluginFinding[] {
  if (!view.pulse || isReplica(view)) return []
  const readOnly = readOnlyByDefault(view.pulse)
  const name = title(view.id)
  switch (readOnly.kind) {
    case 'no':
      return [{ status: 'ok', text: `${name} ${writableText(view.pulse)}` }]
    case 'unknown':
      return [{ status: 'unknown', text: `${name}: ${READ_ONLY_UNKNOWN}` }]
    case 'server':
    case 'databases':
      return [
        {
          status: readOnly.kind === 'server' ? 'critical' : 'warning',
          text: `${name} ${readOnlyByDefaultText(readOnly)}`,
        },
      ]
  }
}

export const primaryReadOnlyCheck: CheckRule = {
  title: 'primary read-only',
  explains:
    'Critical for a primary whose sessions are read-only unless they set `default_transaction_read_only` themselves; a warning where ' +
    'that is so in some databases. Unknown where the role or the database of pgdeck has a setting of its own. Roles that are read-only by `ALTER ROLE` are told, and no fault.',
  subjectKind: 'databases',
  limit: null,
  expectation: null,
  evaluate: (subject) => evaluateEachPrimary(subject, (view) => judge(view, subject)),
  emptyText: 'no primary is known',
}

// The section of a database's details about its transactions.

import type { DatabasePulse } from '../../../model/measured/pulse.ts'
import type { DatabaseView, Picture } from '../../../model/picture/picture.ts'
import { isReadAsPrimary } from '../../../model/picture/roles.ts'
import { untrackedSessionsText } from '../../../model/sessions/hidden-sessions.ts'
import { idsText, oldestTransactionText, preparedText } from '../../../model/sessions/transaction-text.ts'
import { xminHorizonOf, xminHorizonText } from '../../../model/sessions/xmin-horizon.ts'
import { multixactMembersText } from '../../../model/storage/frozen-ids.ts'
import { UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'

/** Returns the section TRANSACTIONS. */
export function transactionSection(view: DatabaseView, pulse: DatabasePulse, picture: Picture | null): DetailSection {
  const { transactions: facts, oldestTransactionAge: age } = pulse
  const none = unknownSessionsText(pulse) ?? 'none'
  const oldest = facts?.oldest
  return {
    title: 'TRANSACTIONS',
    age: '',
    fields: [
      ...detailField('oldest transaction', oldest ? oldestTransactionText(oldest) : facts ? none : null),
      ...prepared(pulse),
      ...horizon(view, picture),
      ...detailField(
        'oldest transaction ID',
        age === null ? UNKNOWN_TEXT : idText(age, facts?.ages.transactions?.database),
      ),
      ...detailField(
        'oldest MultiXact ID',
        facts?.ages.multixacts
          ? idText(facts.ages.multixacts.age, facts.ages.multixacts.database)
          : ((facts && UNKNOWN_TEXT) ?? null),
      ),
      ...detailField('MultiXact members', facts ? membersText(pulse) : null),
    ],
  }
}

function membersText(pulse: DatabasePulse): string {
  const members = pulse.transactions?.multixactMembers ?? null
  return members === null ? `${UNKNOWN_TEXT} ${multixactMembersText(pulse)}` : idsText(members)
}

/** Replaces the activity of sessions; null: the activity of all is known. */
export function unknownSessionsText({ sessions }: DatabasePulse): string | null {
  const untracked = untrackedSessionsText(sessions)
  if (untracked !== null) return `${UNKNOWN_TEXT} not tracked: ${untracked}`
  return sessions.active === null ? 'hidden from this role' : null
}

function idText(age: number, database: string | undefined): string {
  const where = database === undefined ? '' : ` in ${database}`
  return `${idsText(age)} IDs old${where}; writes stop at 2144 million`
}

function prepared({ transactions }: DatabasePulse): readonly DetailField[] {
  const oldest = transactions?.prepared?.oldest
  return oldest ? detailField('prepared', preparedText(oldest, transactions?.prepared?.count ?? 1)) : []
}

function horizon(view: DatabaseView, picture: Picture | null): readonly DetailField[] {
  if (!picture || !isReadAsPrimary(view)) return []
  const found = xminHorizonOf(view, picture)
  return found.kind === 'held' ? detailField('xmin horizon', xminHorizonText(found.holder)) : []
}

// Schemas in which other roles may create functions and operators: sessions that look names up there may run them.

import { schemaRiskRemedy, schemaRiskText } from '../values/sql-names.ts'
import type { DoctorFinding, InspectedDatabase } from './doctor.ts'

/** One finding for each. Databases of one system have the same. */
export function openSchemaFindings(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  const merged = new Map<string, DoctorFinding>()
  for (const { id, pulse, facts, schemas = [] } of nodes) {
    for (const { trouble, queries } of schemas) {
      const stopped = queries.length === 0 ? '' : `; configured queries are not run: ${queries.join(', ')}`
      const text = `database ${facts?.database ?? '?'}: ${schemaRiskText(trouble)}${stopped || WHAT_IT_MEANS}`
      const key = `${pulse?.systemIdentifier ?? id} ${text}`
      const before = merged.get(key)
      const subject = before ? `${before.subject}, ${id}` : id
      merged.set(key, { area: 'schemas', level: 'warning', subject, text, next: [schemaRiskRemedy(trouble)] })
    }
  }
  return [...merged.values()]
}

const WHAT_IT_MEANS = ', and objects there may run as any role that uses that database without naming schemas'

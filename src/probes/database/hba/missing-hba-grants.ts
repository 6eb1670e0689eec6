// Which privileges this role lacks to read a server's pg_hba.conf, as GRANT statements.

import type { MissingPrivilege } from '../../../model/measured/pulse.ts'
import { qualifiedRoutine } from '../../../model/values/sql-names.ts'
import { clean } from '../../../model/values/text.ts'
import type { HbaFacts } from './hba-sql.ts'

/** Returns grants, the most useful first. EXECUTE and SELECT are granted in the database that pgdeck connects to. */
export function missingHbaGrants(facts: HbaFacts): readonly MissingPrivilege[] {
  const role = /^[a-z_][a-z0-9_]*$/.test(facts.role) ? facts.role : `"${clean(facts.role).replaceAll('"', '""')}"`
  const missing: MissingPrivilege[] = []
  const add = (what: string, grant: string) => missing.push({ what, grant: `${grant} TO ${role}` })
  if (!facts.maySelectRules)
    add('rules of pg_hba.conf and errors in it', 'GRANT SELECT ON pg_catalog.pg_hba_file_rules')
  if (!facts.mayCallRules) {
    add('rules of pg_hba.conf and errors in it', 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules()')
  }
  if (facts.hbaFile === null) add('where pg_hba.conf is', 'GRANT pg_read_all_settings')
  const file = 'pg_hba.conf itself, where quoted names differ from keywords'
  if (!facts.mayReadBytes && !facts.mayReadText)
    add(file, `GRANT EXECUTE ON FUNCTION ${qualifiedRoutine('pg_read_file(text)')}`)
  if (!facts.mayReadAnywhere && isOutside(facts)) add(file, 'GRANT pg_read_server_files')
  if (!facts.mayStat) {
    add(
      'when pg_hba.conf was changed, to tell edited from loaded',
      `GRANT EXECUTE ON FUNCTION ${qualifiedRoutine('pg_stat_file(text)')}`,
    )
  }
  return missing
}

/** Outside the data directory the functions read only for members of pg_read_server_files. */
function isOutside({ hbaFile, dataDirectory }: HbaFacts): boolean {
  return hbaFile !== null && dataDirectory !== null && !hbaFile.startsWith(`${dataDirectory}/`)
}

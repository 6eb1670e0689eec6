// `reload`: a database reads its configuration files again.

import { harmless } from '../model/operation/plan.ts'
import type { Action, CheckCode, Draft } from './action.ts'
import { mayExecute } from './checks/privilege.ts'
import { sqlCallArguments } from './steps/sql-call.ts'
import { databaseName, needsDatabase, targetDatabase } from './target.ts'

const CALL = 'SELECT pg_catalog.pg_reload_conf()'

export const reload: Action = {
  name: 'reload',
  title: 'reload the configuration',
  explains: 'PostgreSQL reads postgresql.conf and pg_hba.conf again; sessions go on.',
  key: null,
  danger: 'routine',
  target: 'database',
  holds: 'cluster',
  fields: [],
  whyNot: needsDatabase,
  async draft(sight, request, tools): Promise<Draft> {
    const database = targetDatabase(sight, request)
    const name = databaseName(sight, database)
    const [before] = await tools.sql<{ at: string }>(database, {
      text: `SELECT pg_catalog.pg_conf_load_time()::pg_catalog.text AS at`,
    })
    return {
      target: { id: database, name },
      title: `reload the configuration of ${name}`,
      danger: 'routine',
      impact: harmless('Changed settings take effect; sessions go on.'),
      checks: [mayExecute(database, 'pg_reload_conf()'), goodFiles(database)],
      input: request.input,
      steps: [
        {
          id: 'reload',
          kind: 'sql-call',
          args: sqlCallArguments({
            database,
            text: CALL,
            falseMeans: `${name} could not signal its postmaster`,
            seen: { text: SEEN, values: [before?.at ?? null] },
          }),
          title: `${name} reads its configuration files again`,
          how: 'sql',
          where: name,
          detail: `${CALL};`,
          verify: 'pg_conf_load_time() is newer than before',
          undo: null,
          ifStopped: 'Nothing is left half done.',
          maySkip: false,
          changes: [],
          deadlineSeconds: 10,
        },
      ],
    }
  },
}

const SEEN = `SELECT pg_catalog.pg_conf_load_time() > $1::pg_catalog.timestamptz AS seen,
  'the configuration was loaded at ' || pg_catalog.pg_conf_load_time()::pg_catalog.text AS evidence`

/** Files with an error are not taken up: the reload would seem to work, and the old settings stay in force. */
function goodFiles(database: string): CheckCode {
  return {
    id: 'files',
    mayOverride: true,
    async run(_, __, tools) {
      const [may] = await tools.sql<{ may: boolean }>(database, { text: MAY_READ })
      if (!may?.may)
        return {
          result: 'warn',
          message: 'whether the files have errors is not known: this role may not look',
          hint: 'They would be told in the log of the server, and what is in force would stay so.',
        }
      const bad = await tools.sql<{ place: string; error: string }>(database, { text: BAD_FILES })
      const [first] = bad
      if (!first) return { result: 'pass', message: 'the configuration files have no errors', hint: null }
      const message = `${first.place}: ${first.error}${bad.length > 1 ? `; and ${bad.length - 1} more` : ''}`
      return { result: 'fail', message, hint: 'Mend the file first: what is in force stays in force until it is good.' }
    },
  }
}

const MAY_READ = `SELECT pg_catalog.has_table_privilege('pg_catalog.pg_file_settings', 'select')
  AND pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'execute') AS may`
const BAD_FILES = `SELECT coalesce(sourcefile, '?') || ' line '
    || coalesce(sourceline::pg_catalog.text, '?') AS place, error
  FROM pg_catalog.pg_file_settings WHERE error IS NOT NULL ORDER BY seqno`

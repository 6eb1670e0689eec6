// `reload`: a database reads its configuration files again.

import { noImpact } from '../model/runs/plan.ts'
import { configFilesValid } from './checks/config-files.ts'
import { mayExecuteFunction } from './checks/privilege.ts'
import type { Action, Draft } from './definition/action.ts'
import { databaseName, needsDatabase, requireTargetDatabase } from './definition/target.ts'
import { sqlCallKind } from './steps/sql-call.ts'

const CALL = 'SELECT pg_catalog.pg_reload_conf()'

export const reloadAction: Action = {
  name: 'reload',
  title: 'reload the configuration',
  explains: 'PostgreSQL reads postgresql.conf and pg_hba.conf again; sessions continue.',
  key: null,
  danger: 'routine',
  target: 'database',
  locks: 'cluster',
  fields: [],
  whyNot: needsDatabase,
  async draft(clusterView, request, tools): Promise<Draft> {
    const database = requireTargetDatabase(clusterView, request)
    const name = databaseName(clusterView, database)
    const [before] = await tools.sql<{ at: string }>(database, {
      text: `SELECT pg_catalog.pg_conf_load_time()::pg_catalog.text AS at`,
    })
    return {
      target: { id: database, name },
      title: `reload the configuration of ${name}`,
      danger: 'routine',
      impact: noImpact('Changed settings take effect; sessions continue.'),
      checks: [mayExecuteFunction(database, 'pg_reload_conf()'), configFilesValid(database)],
      input: request.input,
      steps: [
        sqlCallKind.plan({
          id: 'reload',
          call: {
            database,
            text: CALL,
            falseMeans: `${name} could not signal its postmaster`,
            verifySql: { text: SEEN, values: [before?.at ?? null] },
          },
          title: `${name} reads its configuration files again`,
          where: name,
          detail: `${CALL};`,
          verify: 'pg_conf_load_time() is newer than before',
          ifStopped: 'Nothing is left half done.',
          deadlineSeconds: 10,
        }),
      ],
    }
  },
}

const SEEN = `SELECT pg_catalog.pg_conf_load_time() > $1::pg_catalog.timestamptz AS seen,
  'the configuration was loaded at ' || pg_catalog.pg_conf_load_time()::pg_catalog.text AS evidence`

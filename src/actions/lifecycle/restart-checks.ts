// Checks before a database is stopped to be started again: that it comes back, in the same role, and with which settings.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { roleWord } from '../../model/picture/roles.ts'
import { listText } from '../../model/values/text.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { startRoleText } from '../hosts/start-files.ts'
import type { ExpectedRole } from './start-checks.ts'
import type { StopVerb } from './stop-cost.ts'

/** Fails if its files give it another role at the next start than it has now. */
export function comesBackInRole(view: DatabaseView, { role, files }: ExpectedRole): PreflightCheck {
  return {
    id: 'start-role',
    mayOverride: false,
    run(): PreflightResult {
      const now = roleWord(view)
      const { name } = view
      if (files === null || role === null || now === null) {
        const message = `in which role ${name} starts again is unknown: pgdeck can’t read its files`
        return { result: 'warn', message, hint: 'Set "dataDirectory" for its host, and let this account read it.' }
      }
      if (startRoleText(role) === now)
        return { result: 'pass', message: `by its files it starts as a ${now} again`, hint: null }
      const hint = `Look at standby.signal and recovery.signal in its data directory, and at the settings recovery_target….`
      return { result: 'fail', message: `${name} is a ${now}, and would start as a ${startRoleText(role)}`, hint }
    },
  }
}

/** Tells that replay continues after the next start: PostgreSQL keeps no pause. A pause by its settings ends with a restart on purpose. */
export function pauseIsLost({ id, name, replayPause }: DatabaseView, verb: StopVerb): PreflightCheck {
  return {
    id: 'replay-paused',
    mayOverride: true,
    run(): PreflightResult {
      if (replayPause === null || replayPause.reason === 'settings' || replayPause.reason === 'target') return null
      const message = `replay of ${name} is paused (${replayPause.text}), and continues once it is started again`
      const hint = `If nobody needs the state of its data as of the pause: pgdeck do resume-replay ${id}.`
      return { result: verb === 'restart' ? 'fail' : 'warn', message, hint }
    },
  }
}

interface BadLine {
  readonly place: string
  readonly error: string
}

/** A value that waits for a restart has an error there too, and is none; one that was removed has no name there. */
const BAD_SETTINGS = `SELECT coalesce(f.sourcefile, '?') || ' line ' || coalesce(f.sourceline::pg_catalog.text, '?') AS place,
    coalesce(f.name || ': ', '') || f.error AS error
  FROM pg_catalog.pg_file_settings f
  WHERE f.error IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_settings s WHERE s.pending_restart AND (pg_catalog.lower(s.name) = pg_catalog.lower(f.name)
      OR f.name IS NULL AND f.sourcefile IS NULL AND pg_catalog.strpos(f.error, '"' || s.name || '"') > 0))
  ORDER BY f.seqno`

/** Fails if PostgreSQL would refuse its configuration files at the start. */
export function filesLetItStart(view: DatabaseView): PreflightCheck {
  return mustStart(view, 'files', 'pg_file_settings', BAD_SETTINGS)
}

const BAD_HBA = `SELECT 'pg_hba.conf line ' || line_number::pg_catalog.text AS place, error
  FROM pg_catalog.pg_hba_file_rules WHERE error IS NOT NULL ORDER BY line_number`

/** Fails if its pg_hba.conf has an error: a running server keeps the old rules, a starting one ends. */
export function hbaLetsItStart(view: DatabaseView): PreflightCheck {
  return mustStart(view, 'hba-file', 'pg_hba_file_rules', BAD_HBA)
}

function mustStart({ id, name, problem }: DatabaseView, check: string, source: string, text: string): PreflightCheck {
  return {
    id: check,
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      if (problem !== null) return null
      const bad = await linesOf(id, text, tools)
      if (bad === null) {
        const message = `whether the files of ${name} have errors is unknown: this role may not read ${source}`
        return { result: 'warn', message, hint: 'With an error it would not start again.' }
      }
      const [first] = bad
      if (!first) return { result: 'pass', message: `${source} shows no errors`, hint: null }
      const more = bad.length === 1 ? '' : `; and ${bad.length - 1} more`
      const message = `${name} would not start again: ${first.place}: ${first.error}${more}`
      return { result: 'fail', message, hint: `Correct the file first: SELECT * FROM pg_catalog.${source};` }
    },
  }
}

async function linesOf(database: string, text: string, tools: ActionToolbox): Promise<readonly BadLine[] | null> {
  try {
    return await tools.sql<BadLine>(database, { text })
  } catch {
    return null
  }
}

const PENDING = 'SELECT name FROM pg_catalog.pg_settings WHERE pending_restart ORDER BY name'

/** Names the settings that take effect by it. */
export function pendingSettings({ id, problem }: DatabaseView): PreflightCheck {
  return {
    id: 'pending-restart',
    mayOverride: false,
    async run(_, __, tools): Promise<PreflightResult> {
      if (problem !== null) return null
      const rows = await tools.sql<{ name: string }>(id, { text: PENDING })
      const names = rows.map(({ name }) => name)
      if (names.length === 0) return { result: 'pass', message: 'no changed setting waits for a restart', hint: null }
      return { result: 'pass', message: `these settings take effect: ${listText(names)}`, hint: null }
    },
  }
}

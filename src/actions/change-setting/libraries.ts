// The check that the libraries exist which a server is to load: it does not start without one of them.

import { listElements } from '../../model/settings/list-setting.ts'
import { listText } from '../../model/values/text.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { ChangedNode, WantedSetting } from './changed-node.ts'

/** Fails if a library that the server is to load is not there. Where this role may not look, it warns. */
export function librariesExist(nodes: readonly ChangedNode[], { name, value }: WantedSetting): PreflightCheck {
  return {
    id: 'libraries',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      if (!name.endsWith('_preload_libraries') || !value) return null
      const looked = await Promise.all(nodes.map((node) => missingOn(node, librariesOf(name, value), tools)))
      const unseen = nodes.filter((_each, index) => looked[index] === null)
      if (unseen.length > 0)
        return {
          result: 'warn',
          message: `whether ${value} is installed on ${listText(unseen.map((each) => each.name))} is unknown: this role may not look`,
          hint: `With a library that is missing ${harmOf(name)}.`,
        }
      const missing = looked.flatMap((each) => each ?? [])
      if (missing.length === 0) return { result: 'pass', message: 'the libraries are installed', hint: null }
      const message = `${listText(missing)} ${missing.length === 1 ? 'is' : 'are'} not installed: ${harmOf(name)}`
      return { result: 'fail', message, hint: 'Install it there first.' }
    },
  }
}

/** What comes of a library that is missing, as a sentence. */
function harmOf(name: string): string {
  return name === 'shared_preload_libraries' ? 'the server would not start' : 'no user, nor pgdeck, could log in'
}

/** As the server looks for them. Those that any role may load are in a folder of their own. */
function librariesOf(name: string, value: string): readonly string[] {
  const given = listElements(value) ?? []
  if (name !== 'local_preload_libraries') return given
  return given.map((each) => (/[/\\]/.test(each) ? each : `$libdir/plugins/${each}`))
}

const MAY_LOOK = `SELECT pg_catalog.has_function_privilege('pg_catalog.pg_stat_file(pg_catalog.text, pg_catalog.bool)', 'execute')
  AND pg_catalog.has_function_privilege('pg_catalog.pg_config()', 'execute') AS may`
const EXISTS = `SELECT pg_catalog.bool_or(NOT (pg_catalog.pg_stat_file(path, true)).isdir) AS found
  FROM pg_catalog.unnest($1::pg_catalog.text[]) suffix,
    LATERAL (SELECT CASE WHEN $2::pg_catalog.text LIKE '/%' THEN $2
        ELSE c.setting || '/' || pg_catalog.replace($2, '$libdir/', '') END || suffix AS path
      FROM pg_catalog.pg_config() c WHERE c.name = 'PKGLIBDIR') place`

/** The libraries that are not there, each with its server; null: this role may not look. */
async function missingOn(
  { id, name }: ChangedNode,
  libraries: readonly string[],
  tools: ActionToolbox,
): Promise<readonly string[] | null> {
  const [may] = await tools.sql<{ may: boolean }>(id, { text: MAY_LOOK })
  if (!may?.may) return null
  const missing: string[] = []
  for (const library of libraries) {
    const values = [['', '.so', '.dylib', '.dll'], library]
    const [row] = await tools.sql<{ found: boolean | null }>(id, { text: EXISTS, values })
    if (!row?.found) missing.push(`${library} on ${name}`)
  }
  return missing
}

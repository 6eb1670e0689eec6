// Checks that a reload would take effect: an error in postgresql.conf keeps every changed setting from taking effect.

import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'

const MAY_READ = `SELECT pg_catalog.has_table_privilege('pg_catalog.pg_file_settings', 'select')
  AND pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'execute') AS may`
const BAD_FILES = `SELECT coalesce(sourcefile, '?') || ' line '
    || coalesce(sourceline::pg_catalog.text, '?') AS place, name, error
  FROM pg_catalog.pg_file_settings WHERE error IS NOT NULL ORDER BY seqno`

/** PostgreSQL's own message, which it does not translate: this setting stays as it is, all others take effect. */
const ONE_SETTING = 'setting could not be applied'

interface BadLine {
  readonly place: string
  readonly name: string | null
  readonly error: string
}

type Files =
  | { readonly kind: 'good' }
  | { readonly kind: 'hidden' }
  /** No setting of the files takes effect. */
  | { readonly kind: 'refused'; readonly words: string }
  /** Most settings take effect, but not those that need a restart or whose values are wrong. */
  | { readonly kind: 'partly'; readonly words: string }

/** Reads the server's own view of its files as they are now. */
async function filesOf(database: string, tools: ActionToolbox): Promise<Files> {
  const [may] = await tools.sql<{ may: boolean }>(database, { text: MAY_READ })
  if (!may?.may) return { kind: 'hidden' }
  const bad = await tools.sql<BadLine>(database, { text: BAD_FILES })
  const whole = bad.filter(({ error }) => error !== ONE_SETTING)
  const [first = bad[0]] = whole
  if (!first) return { kind: 'good' }
  const more = (whole.length || bad.length) - 1
  const words = `${first.place}: ${first.error}${more > 0 ? `; and ${more} more` : ''}`
  if (whole.length > 0) return { kind: 'refused', words }
  const names = [...new Set(bad.map(({ name }) => name ?? '?'))].join(', ')
  return {
    kind: 'partly',
    words: `${names} (${first.place}) does not change: it needs a restart, or its value is wrong`,
  }
}

/**
 * Fails if the files have an error: PostgreSQL would ignore them at the reload, and the old settings would stay in
 * force.
 */
export function configFilesValid(database: string): PreflightCheck {
  return {
    id: 'files',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      const files = await filesOf(database, tools)
      if (files.kind === 'good')
        return { result: 'pass', message: 'the configuration files have no errors', hint: null }
      if (files.kind === 'hidden')
        return {
          result: 'warn',
          message: 'whether the files have errors is unknown: this role may not read pg_file_settings',
          hint: 'Errors would be in the server log; the current settings would stay active.',
        }
      if (files.kind === 'partly')
        return { result: 'warn', message: files.words, hint: 'All other settings take effect.' }
      const hint = 'Correct the file first: the current settings stay active until then.'
      return { result: 'fail', message: files.words, hint }
    },
  }
}

/** A server besides the target that the action reloads or restarts. */
export interface ReconfiguredServer {
  readonly id: string
  readonly name: string
  /** The effect if its files are refused, as the text after "refused: ". */
  readonly effect: string
  /** True if the action is pointless then, and the check fails; else it warns. */
  readonly isFatal: boolean
}

/**
 * Names the servers whose files PostgreSQL refuses as they are. Servers whose files this role may not read are left
 * out.
 */
export function configFilesValidOn(servers: readonly ReconfiguredServer[]): PreflightCheck {
  return {
    id: 'config-files',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      const changed: (ReconfiguredServer & { readonly words: string })[] = []
      for (const each of servers) {
        const files = await filesOf(each.id, tools).catch(() => null)
        if (files?.kind === 'refused') changed.push({ ...each, words: files.words })
      }
      if (changed.length === 0) return null
      const message = changed.map(({ name, words, effect }) => `${name}: ${words}: ${effect}`).join('; ')
      const result = changed.some(({ isFatal }) => isFatal) ? 'fail' : 'warn'
      return {
        result,
        message,
        hint: 'Correct the file first: SELECT * FROM pg_catalog.pg_file_settings WHERE error IS NOT NULL.',
      }
    },
  }
}

/** The standbys that a reload points at another upstream. */
export function standbysToReconfigure(
  followers: readonly { readonly id: string; readonly name: string }[],
  isFatal: boolean,
) {
  const effect = 'it would not use the new upstream, and stay with its present one'
  return followers.map(({ id, name }): ReconfiguredServer => ({ id, name, effect, isFatal }))
}

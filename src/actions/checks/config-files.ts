// Whether a reload would be taken up: a postgresql.conf with an error keeps every changed setting from taking effect.

import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'

const MAY_READ = `SELECT pg_catalog.has_table_privilege('pg_catalog.pg_file_settings', 'select')
  AND pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'execute') AS may`
const BAD_FILES = `SELECT coalesce(sourcefile, '?') || ' line '
    || coalesce(sourceline::pg_catalog.text, '?') AS place, name, error
  FROM pg_catalog.pg_file_settings WHERE error IS NOT NULL ORDER BY seqno`

/** PostgreSQL's own words, which it does not translate: this setting stays as it is, all others take effect. */
const ONE_SETTING = 'setting could not be applied'

interface BadLine {
  readonly place: string
  readonly name: string | null
  readonly error: string
}

type Files =
  | { readonly kind: 'good' }
  | { readonly kind: 'hidden' }
  /** Nothing of them takes effect. */
  | { readonly kind: 'refused'; readonly words: string }
  /** All but some settings take effect: those that need a restart, or whose values are wrong. */
  | { readonly kind: 'partly'; readonly words: string }

/** By the server's own reading of its files as they are now. */
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

/** Files with an error are not taken up: the reload would seem to work, and the old settings stay in force. */
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

/** A server that is changed beside the target, by a reload or a restart. */
export interface ReconfiguredServer {
  readonly id: string
  readonly name: string
  /** What comes of it where its files are refused, to be read after "refused: ". */
  readonly effect: string
  /** The act is for nothing then; else it only warns. */
  readonly isFatal: boolean
}

/** Tells by name whose files are refused as they are. Says nothing of those where this role may not look. */
export function configFilesValidOn(servers: readonly ReconfiguredServer[]): PreflightCheck {
  return {
    id: 'config-files',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      const found: (ReconfiguredServer & { readonly words: string })[] = []
      for (const each of servers) {
        const files = await filesOf(each.id, tools).catch(() => null)
        if (files?.kind === 'refused') found.push({ ...each, words: files.words })
      }
      if (found.length === 0) return null
      const message = found.map(({ name, words, effect }) => `${name}: ${words}: ${effect}`).join('; ')
      const result = found.some(({ isFatal }) => isFatal) ? 'fail' : 'warn'
      return {
        result,
        message,
        hint: 'Correct the file first: SELECT * FROM pg_catalog.pg_file_settings WHERE error IS NOT NULL.',
      }
    },
  }
}

/** Of standbys that are pointed at another upstream by a reload. */
export function standbysToReconfigure(
  followers: readonly { readonly id: string; readonly name: string }[],
  isFatal: boolean,
) {
  const effect = 'it would not use the new upstream, and stay with its present one'
  return followers.map(({ id, name }): ReconfiguredServer => ({ id, name, effect, isFatal }))
}

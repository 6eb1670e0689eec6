// A real Prometheus, where that program is installed.

import { delimiter, join } from 'node:path'
import { dashboardFile } from '../../scripts/prometheus/dashboard.ts'
import { isExecutable } from '../../src/io/files/sync-files.ts'

function programOf(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

export const PROMETHEUS = programOf('prometheus')

/** Why tests with its checker can't run here; false when they can. */
export const withoutPromtool: string | false =
  programOf('promtool') === null && 'promtool is not installed (package prometheus)'

/** Why tests with it can't run here; false when they can. */
export const withoutPrometheus: string | false =
  PROMETHEUS === null && 'prometheus is not installed (package prometheus)'

/** What the panels ask, for these clusters. */
export function dashboardQueries(cluster: string): readonly string[] {
  const { panels } = JSON.parse(dashboardFile()) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[]
  }
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$cluster', cluster)))
}

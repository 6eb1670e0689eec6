// The lines of a recording that somebody else may have: of one cluster only, without the text of statements.
// Secrets are looked for once more: an older pgdeck may not have known all of them.

import { redactAll } from '../../model/logs/redact.ts'
import { withoutStatements } from './statements.ts'

export interface ExportLimits {
  /** Only this cluster; absent: all. */
  readonly cluster?: string | undefined
  /** Leave the text of statements in, where it was recorded. */
  readonly statements: boolean
}

/** Returns the lines that are left. Throws SyntaxError for a text that is no recording. */
export function exportedLines(text: string, { cluster, statements }: ExportLimits): string {
  const lines = text.split('\n')
  lines.pop()
  const parsed = lines.map((line) => JSON.parse(line) as readonly unknown[])
  const kept = cluster === undefined ? parsed : ofCluster(parsed, cluster)
  const shown = statements ? kept : kept.map(withoutStatements)
  return shown.map((line) => `${JSON.stringify(redactAll(line))}\n`).join('')
}

type Line = readonly unknown[]

function ofCluster(lines: readonly Line[], name: string): readonly Line[] {
  const end = lines.findIndex(([kind]) => kind === 'whole')
  return [...stateOfCluster(lines.slice(0, end), name), ...eventsOfCluster(lines.slice(end), name)]
}

/** Each cluster is a line that begins it, and the lines up to the next. */
function stateOfCluster(lines: readonly Line[], name: string): readonly Line[] {
  const groups: Line[][] = [[]]
  for (const line of lines) {
    if (line[0] === 'cluster') groups.push([])
    groups.at(-1)?.push(line)
  }
  const isSpec = ([kind, field, value]: Line) => kind === 'field' && field === 'spec' && clusterName(value) === name
  return groups.filter((group, index) => index === 0 || group.some(isSpec)).flat()
}

function eventsOfCluster(lines: readonly Line[], name: string): readonly Line[] {
  const wanted = new Map<unknown, boolean>()
  return lines.filter(([kind, , key, event]) => {
    if (kind !== 'event') return kind !== 'change' || wanted.get(key) === true
    const of = clusterOf(event)
    wanted.set(key, of === null || of === name)
    return wanted.get(key) === true
  })
}

function clusterName(spec: unknown): unknown {
  return (spec as { readonly name?: unknown } | null)?.name
}

/** The cluster of a whole event; null for one of the host of pgdeck. */
function clusterOf(event: unknown): unknown {
  const { cluster, silence } = event as {
    readonly cluster?: unknown
    readonly silence?: { readonly cluster?: unknown }
  }
  return cluster ?? silence?.cluster ?? null
}

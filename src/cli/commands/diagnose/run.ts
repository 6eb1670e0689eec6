// `pgdeck diagnose`: one poll, then the guided diagnosis of one server or database.

import type { Config } from '../../../config/config.ts'
import type { DiagnosisResult } from '../../../model/diagnosis/check-result.ts'
import { clean } from '../../../model/values/text.ts'
import { type Diagnosis, type DiagnosisPlan, planDiagnosis } from '../../../runtime/diagnosis/diagnosis.ts'
import { type HostConnections, openHostConnections } from '../../../runtime/hosts/host-connections.ts'
import { snapshotOf } from '../../../state/derive.ts'
import { diagnosisDocument } from '../../../state/documents/diagnosis-document.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { span } from '../../../ui/frame/format/line.ts'
import { HEALTH_EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter, type PrintLines } from '../../text/print.ts'
import { pollOnce } from '../../watching/poll-once.ts'
import { diagnosisFindingLines, diagnosisVerdictLines } from './text.ts'

export interface DiagnoseOptions {
  readonly config: Config
  readonly clusterName?: string | undefined
  readonly notify?: ((text: string) => void) | undefined
  readonly name: string
  readonly json: boolean
  readonly colour: boolean
  readonly output: Output
}

/** Resolves to 0 if nothing is wrong, 1 for a warning, 2 for what makes it inactive, 3 if that is unknown. */
export async function diagnoseCommand(options: DiagnoseOptions): Promise<number> {
  const print = await linePrinter(options.colour)
  requireKnown(options)
  return pollOnce(options, async (state) => {
    const { cluster, id } = subjectIn(state, options.name)
    const config = options.config.clusters.find(({ spec }) => spec.name === cluster.spec.name)
    if (!config || !cluster.picture) throw new UsageError(`diagnose: ${clean(options.name)} is not watched`)
    const hostConnections = openHostConnections(config.hosts)
    const known = {
      config,
      snapshot: snapshotOf(state, cluster),
      picture: cluster.picture,
      hostConnections,
    }
    const plan = planDiagnosis({ ...known, signal: new AbortController().signal }, id)
    if (!plan) throw new UsageError(`diagnose: ${clean(options.name)} is not watched`)
    const { verdict } = await shown(plan, cluster, options, print, hostConnections)
    return HEALTH_EXIT_CODES[verdict.health]
  })
}

async function shown(
  plan: DiagnosisPlan,
  cluster: ClusterState,
  { json, output }: DiagnoseOptions,
  print: PrintLines,
  hostConnections: HostConnections,
): Promise<Diagnosis> {
  try {
    const lines = json ? () => {} : inOrder(plan, (finding) => void output.write(print(diagnosisFindingLines(finding))))
    const startedAt = Date.now()
    if (!json) await output.write(print([[span(`${plan.subject.kind} ${plan.subject.name}`, 'strong')]]))
    const diagnosis = await plan.run(lines)
    const document = { ...diagnosis, cluster: cluster.spec.name, startedAt, endedAt: Date.now() }
    await output.write(
      json ? jsonText(diagnosisDocument(document), 'pretty') : print(diagnosisVerdictLines(diagnosis.verdict)),
    )
    return diagnosis
  } finally {
    await hostConnections.close()
  }
}

/** Findings arrive as checks end. People read them in the order of the checks. */
function inOrder(plan: DiagnosisPlan, write: (finding: DiagnosisResult) => void): (finding: DiagnosisResult) => void {
  const waiting = new Map<string, DiagnosisResult>()
  let next = 0
  return (finding) => {
    waiting.set(finding.id, finding)
    for (;;) {
      const result = waiting.get(plan.checks[next] ?? '')
      if (!result) return
      write(result)
      next++
    }
  }
}

/** Databases, servers and entry points, by id or display name. */
function subjectIn(state: State, name: string): { readonly cluster: ClusterState; readonly id: string } {
  const matches = state.clusters.flatMap((cluster) => {
    const records = [...cluster.servers, ...cluster.databases]
    const record = records.find(({ spec }) => spec.id === name) ?? records.find((one) => one.displayName === name)
    const entryPoint = (cluster.entryPoints ?? []).find(({ spec }) => spec.id === name)
    const id = record?.spec.id ?? entryPoint?.spec.id
    return id === undefined ? [] : [{ cluster, id }]
  })
  const [first] = matches
  if (!first) {
    const all = state.clusters.flatMap(({ servers, databases }) => [...servers, ...databases])
    const entryPoints = state.clusters.flatMap((one) => one.entryPoints ?? []).map(({ spec }) => spec.id)
    const names = [...all.map((one) => one.displayName), ...entryPoints].slice(0, 20)
    throw new UsageError(
      `diagnose: there is no server, database or entry point "${clean(name)}"; there are ${names.join(', ')}`,
    )
  }
  if (matches.length > 1) {
    const clusters = matches.map(({ cluster }) => cluster.spec.name).join(', ')
    throw new UsageError(`diagnose: "${clean(name)}" is in several clusters (${clusters}): choose one with --cluster`)
  }
  return first
}

/** A name that is in no cluster is reported before any poll, unless it may be a display name. */
function requireKnown({ config, name }: DiagnoseOptions): void {
  if (name === '') throw new UsageError('diagnose: the name is empty')
  if (config.clusters.length === 0) throw new UsageError('diagnose: nothing is watched')
}

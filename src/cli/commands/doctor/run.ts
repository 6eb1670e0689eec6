// `pgdeck doctor`: what this role may see on each node, how nodes differ, and the health of this host. It only reads.

import type { ClusterConfig, Config } from '../../../config/config.ts'
import { ConfigError } from '../../../config/problems/config-error.ts'
import { type DoctorFinding, type InspectedDatabase, worstDoctorLevel } from '../../../model/doctor/doctor.ts'
import { doctorFindings } from '../../../model/doctor/doctor-rules.ts'
import { clean } from '../../../model/values/text.ts'
import { examineCluster } from '../../../runtime/doctor/examine-cluster.ts'
import { examineManager } from '../../../runtime/doctor/examine-manager.ts'
import { listenForSignals } from '../../invocation/command-signals.ts'
import { EXIT_CODES, HEALTH_EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter } from '../../text/print.ts'
import { entryPointFindings } from './entry-points.ts'
import { basicHostFindings, dataAccessFindings, localFinding, sshFindings, terminalFindings } from './local-findings.ts'
import { doctorClusterSection, doctorHostSection, doctorRole, type ExaminedCluster } from './text.ts'

export interface DoctorOptions {
  readonly clusterName?: string | undefined
  /** Throws ConfigError: that is a finding, too. */
  readonly readConfig: () => Promise<Config>
  readonly json: boolean
  readonly colour: boolean
  readonly output: Output
}

/** Prints the findings. Resolves to the exit code: by the worst finding, 78 for a wrong config, that of a signal. */
export async function doctorCommand(options: DoctorOptions): Promise<number> {
  const { json, output, colour, clusterName } = options
  const interruption = listenForSignals()
  try {
    const { config, problems } = await configOf(options)
    const clusters = config ? chosen(config, clusterName) : []
    const { env, stdout } = process
    const [ssh, access, ...examined] = await Promise.all([
      sshFindings(config, env, interruption.signal),
      dataAccessFindings(config, interruption.signal),
      ...(config ? clusters.map((cluster) => examinedCluster(config, cluster, interruption.signal)) : []),
    ])
    const host = [...basicHostFindings(env), ...problems, ...terminalFindings(env, stdout), ...ssh, ...access]
    const result = worstDoctorLevel([...host, ...examined.flatMap(({ findings }) => findings)])
    if (json) await output.write(jsonText(doctorDocument(result, host, examined), 'pretty'))
    else
      await output.write(
        (await linePrinter(colour))([...doctorHostSection(host), ...examined.flatMap(doctorClusterSection)]),
      )
    return config ? HEALTH_EXIT_CODES[result] : EXIT_CODES.config
  } catch (error) {
    const code = interruption.code()
    if (code !== null) return code
    throw error
  } finally {
    interruption.release()
  }
}

async function configOf({ readConfig }: DoctorOptions) {
  try {
    const config = await readConfig()
    const warnings = config.warnings.map((warning) => localFinding('config', 'warning', warning))
    const finding = localFinding(
      'config',
      'ok',
      config.file === null ? 'from connection strings' : `${config.file} is valid`,
    )
    return { config, problems: [finding, ...warnings] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return {
      config: null,
      problems: error.message.split('\n').map((line) => localFinding('config', 'critical', line.trim())),
    }
  }
}

function chosen({ clusters }: Config, name: string | undefined): readonly ClusterConfig[] {
  if (name === undefined) return clusters
  const named = clusters.filter(({ spec }) => spec.name === name)
  if (named.length > 0) return named
  throw new UsageError(`--cluster "${clean(name)}": there is ${clusters.map(({ spec }) => spec.name).join(', ')}`)
}

async function examinedCluster(config: Config, cluster: ClusterConfig, signal: AbortSignal): Promise<ExaminedCluster> {
  const [nodes, ofManager, ofEntryPoints] = await Promise.all([
    examineCluster(cluster, signal),
    examineManager(cluster, signal),
    entryPointFindings(config, cluster),
  ])
  const findings = [...ofManager, ...ofEntryPoints, ...doctorFindings(nodes, cluster.manager !== undefined)]
  return { name: cluster.spec.name, nodes, findings }
}

/** The document of `pgdeck doctor --json`. */
export function doctorDocument(
  result: ReturnType<typeof worstDoctorLevel>,
  host: readonly DoctorFinding[],
  clusters: readonly ExaminedCluster[],
) {
  return {
    schema: 'pgdeck.doctor/1',
    at: new Date().toISOString(),
    result,
    host: { findings: host },
    clusters: clusters.map(({ name, nodes, findings }) => ({ name, nodes: nodes.map(nodeDocument), findings })),
  }
}

function nodeDocument({ id, pulse, facts, auth, hba }: InspectedDatabase) {
  return {
    name: id,
    version: pulse?.version ?? null,
    role: pulse ? doctorRole(pulse) : null,
    clockOffsetMs: pulse ? Math.round(pulse.clockOffsetMs) : null,
    user: facts?.role ?? null,
    superuser: facts?.superuser ?? null,
    database: facts?.database ?? null,
    login: auth?.method ?? null,
    privileges: facts?.privileges ?? null,
    requiredSettings: pulse?.settings ?? null,
    extensions: facts?.installed ?? null,
    collation: facts?.collation ?? null,
    hba: hba?.known
      ? { file: hba.path, rules: hba.rules.records.length, source: hba.source, force: hba.reloadState }
      : null,
  }
}

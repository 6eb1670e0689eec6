// Reads what the operator CloudNativePG has of its cluster: the resource `Cluster` with its status, by kubectl.

import * as z from 'zod'
import { type KubernetesCluster, runKubectl } from '../../../io/kubernetes/kubectl.ts'
import { NO_MEMBER_FACTS } from '../../../model/measured/managers/manager-member.ts'
import type { ManagerMember, ManagerReport, OperatorReport } from '../../../model/measured/managers/manager-report.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { parseAnswer } from '../answers/answer.ts'

/** Names of instances are names of pods. */
const LONGEST_TEXT = 300
const MOST_INSTANCES = 200

const text = z.string().transform((given) => clean(given.slice(0, 4 * LONGEST_TEXT)).slice(0, LONGEST_TEXT))
const optionalText = text.nullable().catch(null).prefault(null)
const figure = z.int().nonnegative().nullable().catch(null).prefault(null)
const names = z.array(text).max(MOST_INSTANCES).catch([]).prefault([])
const optional = <Shape extends z.ZodType>(shape: Shape) => shape.nullable().catch(null).prefault(null)

const reportedState = z.object({ isPrimary: z.boolean().catch(false), timeLineID: figure, ip: optionalText })

/** Fields of `Cluster` (postgresql.cnpg.io/v1) in CloudNativePG 1.15 to 1.28; what is not understood is unknown. */
const clusterDocument = z.object({
  kind: z.literal('Cluster'),
  metadata: z.object({
    name: text,
    namespace: optionalText,
    annotations: optional(z.record(z.string(), z.string())),
  }),
  spec: optional(
    z.object({
      instances: figure,
      nodeMaintenanceWindow: optional(z.object({ inProgress: z.boolean().catch(false) })),
      replica: optional(z.object({ enabled: z.boolean().catch(false) })),
    }),
  ),
  status: optional(
    z.object({
      phase: optionalText,
      phaseReason: optionalText,
      currentPrimary: optionalText,
      targetPrimary: optionalText,
      currentPrimaryTimestamp: optionalText,
      currentPrimaryFailingSinceTimestamp: optionalText,
      readyInstances: figure,
      instanceNames: names,
      instancesStatus: optional(z.record(z.string(), names)),
      instancesReportedState: optional(z.record(z.string(), reportedState)),
      systemID: optional(z.string().regex(/^\d+$/)),
      certificates: optional(z.object({ expirations: optional(z.record(z.string(), z.string())) })),
      firstRecoverabilityPoint: optionalText,
      lastSuccessfulBackup: optionalText,
      lastFailedBackup: optionalText,
    }),
  ),
})

type ClusterDocument = z.output<typeof clusterDocument>

/** Throws FaultError. */
export async function readCloudNativePg(cluster: KubernetesCluster, signal: AbortSignal): Promise<ManagerReport> {
  const words = ['get', 'clusters.postgresql.cnpg.io', cluster.cluster, '-o', 'json']
  return cloudNativePgReport(await runKubectl(cluster, words, signal), cluster.cluster)
}

/** The resource of that cluster, as kubectl prints it. Throws FaultError. */
export function cloudNativePgReport(printed: string, name: string): ManagerReport {
  return reportOf(parseAnswer(clusterDocument, parseJson(printed), `the cluster ${name} of CloudNativePG`))
}

function parseJson(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch (error) {
    throw new FaultError(
      { code: 'protocol', message: 'kubectl printed no JSON', hint: 'It was asked with -o json: run it by hand.' },
      { cause: error },
    )
  }
}

function reportOf({ metadata, spec, status }: ClusterDocument): ManagerReport {
  const annotations = metadata.annotations ?? {}
  const fenced = fencedBy(annotations['cnpg.io/fencedInstances'])
  const instances = status?.instanceNames ?? []
  const becameAt = instantOf(status?.currentPrimaryTimestamp)
  return {
    kind: 'cloudnativepg',
    source: `the resource ${metadata.namespace === null ? '' : `${metadata.namespace}/`}${metadata.name} of CloudNativePG`,
    scope: metadata.name,
    systemIdentifier: status?.systemID ?? null,
    // Without reconciliation the operator neither heals nor fails over.
    paused: annotations['cnpg.io/reconciliationLoop'] === 'disabled',
    members: instances.map((name) => memberOf(name, status, fenced)),
    lastEvent:
      status?.currentPrimary && becameAt !== null
        ? { at: becameAt, text: `${status.currentPrimary} was promoted` }
        : null,
    operator: operatorOf(metadata, spec, status, annotations),
  }
}

/** A list as JSON; `*` means all. Another form fences nobody. */
function fencedBy(annotation: string | undefined): readonly string[] {
  if (annotation === undefined) return []
  try {
    return names.parse(JSON.parse(annotation))
  } catch {
    return []
  }
}

function memberOf(name: string, status: ClusterDocument['status'], fenced: readonly string[]): ManagerMember {
  const told = status?.instancesReportedState?.[name] ?? null
  const [state = null] = Object.entries(status?.instancesStatus ?? {}).find(([, all]) => all.includes(name)) ?? []
  const isFenced = fenced.includes(name) || fenced.includes('*')
  const isLeader = status?.currentPrimary === name
  return {
    name,
    host: told?.ip ?? null,
    port: 5432,
    isLeader,
    state: isFenced ? 'fenced' : state === null ? null : clean(state.slice(0, LONGEST_TEXT)),
    facts: {
      ...NO_MEMBER_FACTS,
      role: isLeader ? 'leader' : 'replica',
      timeline: told?.timeLineID ?? null,
      isHealthy: isFenced || state === null ? null : state === 'healthy',
      inMaintenance: isFenced,
    },
  }
}

function operatorOf(
  metadata: ClusterDocument['metadata'],
  spec: ClusterDocument['spec'],
  status: ClusterDocument['status'],
  annotations: Readonly<Record<string, string>>,
): OperatorReport {
  const expirations = Object.entries(status?.certificates?.expirations ?? {})
  return {
    namespace: metadata.namespace,
    phase: status?.phase ?? null,
    phaseReason: status?.phaseReason || null,
    currentPrimary: status?.currentPrimary || null,
    targetPrimary: status?.targetPrimary || null,
    failingSince: instantOf(status?.currentPrimaryFailingSinceTimestamp),
    wantedInstances: spec?.instances ?? null,
    readyInstances: status?.readyInstances ?? (status === null ? null : 0),
    isHibernated: annotations['cnpg.io/hibernation'] === 'on',
    inNodeMaintenance: spec?.nodeMaintenanceWindow?.inProgress ?? false,
    reloadAskedAt: annotations['cnpg.io/reloadedAt'] ?? null,
    restartAskedAt: annotations['kubectl.kubernetes.io/restartedAt'] ?? null,
    certificates: expirations.flatMap(([name, expiry]) => {
      const expiresAt = instantOf(expiry)
      return expiresAt === null ? [] : [{ name: clean(name.slice(0, LONGEST_TEXT)), expiresAt }]
    }),
    firstRecoverableAt: instantOf(status?.firstRecoverabilityPoint),
    lastBackupAt: instantOf(status?.lastSuccessfulBackup),
    lastFailedBackupAt: instantOf(status?.lastFailedBackup),
  }
}

/** RFC 3339, or Go’s `2026-07-08 11:38:39 +0000 UTC`. */
function instantOf(given: string | null | undefined): number | null {
  if (!given) return null
  const go = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d)(?: |$)/.exec(given)
  const at = Date.parse(go ? `${go[1]}T${go[2]}${go[3]}:${go[4]}` : given)
  return Number.isNaN(at) ? null : at
}

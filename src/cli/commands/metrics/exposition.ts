// The state as OpenMetrics text.

import { Counter, Gauge, type OpenMetricsContentType, Registry } from 'prom-client'
import type { State } from '../../../state/state.ts'
import { clusterFamilies } from './cluster.ts'
import { databaseFamilies } from './databases.ts'
import { entryPointFamilies } from './entry-points.ts'
import type { MetricFamily, MetricLabels } from './family.ts'
import { hostFamilies } from './hosts.ts'
import { managerFamilies } from './manager-state.ts'
import { mirroringFamilies } from './mirroring.ts'
import { replicationFamilies } from './replication.ts'
import { serverFamilies } from './servers.ts'

/** All metrics of clusters, in the order of output. */
export const METRIC_FAMILIES: readonly MetricFamily[] = [
  ...clusterFamilies,
  ...managerFamilies,
  ...serverFamilies,
  ...entryPointFamilies,
  ...databaseFamilies,
  ...replicationFamilies,
  ...mirroringFamilies,
  ...hostFamilies,
]

export const BUILD_INFO_METRIC = {
  name: 'pgdeck_build_info',
  help: 'Versions of pgdeck and Node: always 1.',
  labels: ['version', 'nodejs'],
} as const

/** Media type of the text. */
export const METRICS_CONTENT_TYPE = Registry.OPENMETRICS_CONTENT_TYPE

/** The text of a state. Each call has its own registry: a target that is gone leaves no metric. */
export async function exposition(state: State, version: string): Promise<string> {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  gauge(registry, BUILD_INFO_METRIC).set({ version, nodejs: process.versions.node }, 1)
  for (const family of METRIC_FAMILIES) {
    const set = setter(registry, { ...family, labels: ['cluster', ...family.labels] })
    for (const cluster of state.clusters) {
      const samples = cluster.picture ? family.samples(cluster.picture) : []
      for (const { labels, value } of samples) set({ cluster: cluster.spec.name, ...labels }, value)
    }
  }
  return registry.metrics()
}

function setter(
  registry: Registry<OpenMetricsContentType>,
  family: Pick<MetricFamily, 'name' | 'help' | 'labels' | 'type'>,
): (labels: MetricLabels, value: number) => void {
  if (family.type !== 'counter') {
    const metric = gauge(registry, family)
    return (labels, value) => metric.set(labels, value)
  }
  const { name, help, labels: labelNames } = family
  const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] })
  // It is new, and begins at 0.
  return (labels, value) => counter.inc(labels, value)
}

function gauge(
  registry: Registry<OpenMetricsContentType>,
  { name, help, labels }: { readonly name: string; readonly help: string; readonly labels: readonly string[] },
): Gauge {
  return new Gauge({ name, help, labelNames: [...labels], registers: [registry] })
}

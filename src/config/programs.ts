// Which files of this host a configuration has executed: the programs of its commands that are named by a path.

import type { ClusterConfig, Config } from './config.ts'

/** Their paths. Programs without a folder in their name come from the PATH of whoever runs this. */
export function localPrograms(config: Config): readonly string[] {
  const commands = [
    ...config.clusters.flatMap(commandsOf),
    ...config.notify.map((rule) => ('command' in rule ? rule.command : [])),
  ]
  const programs = commands.flatMap(([program]) => (program?.startsWith('/') ? [program] : []))
  return [...new Set(programs)]
}

function commandsOf(cluster: ClusterConfig): readonly (readonly string[])[] {
  const isLocal = (id: string) => cluster.hosts.some((host) => host.id === id && host.access.kind === 'local')
  return [
    ...cluster.databases.map(({ passwordCommand }) => passwordCommand ?? []),
    ...cluster.databases.map(({ backup }) => (backup?.kind === 'command' ? backup.command : [])),
    ...cluster.servers.map(({ sessions }) => (sessions?.kind === 'command' ? sessions.command : [])),
    ...cluster.servers.flatMap(({ spec, start, stop }) =>
      isLocal(spec.hostId ?? '') ? [start ?? [], stop ?? []] : [],
    ),
    ...cluster.servers
      .flatMap(({ audit = [] }) => audit)
      .map((source) => (source.kind === 'command' && isLocal(source.host) ? source.command : [])),
    ...cluster.hosts.flatMap((host) => (isLocal(host.id) ? [host.start ?? [], host.stop ?? []] : [])),
    ...(cluster.actions ?? []).map(({ host, command }) => (isLocal(host) ? command : [])),
  ]
}

// The topology as a Graphviz graph.

import { clean } from '../../../model/values/text.ts'
import { formatBytes, formatSeconds } from '../../../model/values/units.ts'
import type { OtherSenderDocument } from '../../../state/documents/status-document.ts'
import type { GraphLink, GraphNode, TopologyDocument, TopologyGraph } from './json.ts'

/** One digraph with a box around each cluster. Every name is a quoted string, so none can be read as syntax. */
export function dotText(document: TopologyDocument): string {
  const clusters = document.clusters.flatMap((graph, index) => clusterLines(graph, index))
  return ['digraph pgdeck {', '  rankdir=LR', '  node [shape=box]', ...clusters, '}', ''].join('\n')
}

/** A DOT string. Only quotes and backslashes have a meaning in it. */
export function dotQuoted(text: string): string {
  return `"${escaped(text)}"`
}

function escaped(text: string): string {
  return clean(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}

function clusterLines(graph: TopologyGraph, index: number): readonly string[] {
  // Ids are unique within one cluster only.
  const key = (id: string) => dotQuoted(`${index}/${id}`)
  return [
    `  subgraph cluster_${index} {`,
    `    label=${dotQuoted(graph.name)}`,
    ...graph.nodes.map((node) => `    ${key(node.id)} [${nodeAttributes(node)}]`),
    ...graph.links.map((link) => `    ${key(link.from)} -> ${key(link.to)} [${linkAttributes(link)}]`),
    ...graph.otherSenders.flatMap((sender, number) => {
      // These nodes have no ids, and names may repeat. No other node's id begins so.
      const to = dotQuoted(`${index}:${number}`)
      return [
        `    ${to} [${senderAttributes(sender)}]`,
        `    ${key(sender.database)} -> ${to} [${flowAttributes(sender)}]`,
      ]
    }),
    '  }',
  ]
}

function nodeAttributes(node: GraphNode): string {
  const where = node.host === null ? null : node.port === null ? node.host : `${node.host}:${node.port}`
  const what = [node.role, node.status, node.access].filter((part) => part !== null).join(', ')
  const label = lines(node.name, what, where)
  const shape = node.kind === 'database' ? 'cylinder' : 'box'
  const style = node.watched && node.configured ? 'solid' : 'dashed'
  return `label="${label}", shape=${shape}, style=${style}`
}

/** A consumer of a backup or of changes is not a database of the topology: neither a cylinder nor a server. */
function senderAttributes({ name, kind, address }: OtherSenderDocument): string {
  const where = address === null || name.includes(address) ? null : address
  return `label="${lines(name, kind, where)}", shape=note, style=dashed`
}

function flowAttributes({ state, slot, behindBytes }: OtherSenderDocument): string {
  const parts = [state, slot === null ? null : `slot ${slot}`, behindBytes === null ? null : formatBytes(behindBytes)]
  return `label=${dotQuoted(parts.filter((part) => part !== null).join(', '))}, style=dashed`
}

/** Lines of a label, without the missing ones. */
function lines(...parts: readonly (string | null)[]): string {
  // \n is Graphviz's own line break inside a label.
  return parts
    .filter((part) => part !== null)
    .map(escaped)
    .join('\\n')
}

function linkAttributes(link: GraphLink): string {
  if (link.kind === 'use') return 'style=dotted, arrowhead=open'
  if (link.kind === 'leads-to')
    return `label=${dotQuoted(link.state ?? '')}, style=dotted, arrowhead=open${link.state === null ? '' : ', color=red'}`
  const bytes = link.lag?.bytes ?? null
  const seconds = link.lag?.seconds ?? null
  const lag = [bytes === null ? null : formatBytes(bytes), seconds === null ? null : formatSeconds(seconds)]
  const label = [link.state, link.sync, ...lag].filter((part) => part !== null).join(', ')
  return `label=${dotQuoted(label)}`
}

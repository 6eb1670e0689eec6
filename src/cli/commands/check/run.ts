// `pgdeck check`: one poll, one rule, one line, and an exit code as monitoring systems expect it of a plugin.

import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from '../../../config/config.ts'
import { formatSeconds } from '../../../model/values/units.ts'
import type { State } from '../../../state/state.ts'
import { HEALTH_EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import type { Output } from '../../invocation/output.ts'
import { pollOnce } from '../../watching/poll-once.ts'
import { PLUGIN_CHECKS } from './checks.ts'
import type { CheckRule } from './evaluation/check-rule.ts'
import { type PluginResult, pluginLine, pluginResult } from './evaluation/plugin-line.ts'
import { parseThresholdRange, type ThresholdRange } from './evaluation/range.ts'
import type { CheckName } from './names.ts'
import { type CheckArguments, checkSubjectsOf } from './scope.ts'

export interface CheckOptions {
  readonly rule: CheckName
  /** Of one node, or of a cluster. */
  readonly name: string | null
  readonly warning?: string | undefined
  readonly critical?: string | undefined
  readonly expect?: string | undefined
  readonly timeoutMs: number
  /** Reads the config and, from connection strings, discovers the rest of the cluster. */
  readonly config: () => Promise<Config>
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly output: Output
}

/** Polls once and prints the line. Resolves to 0, 1, 2 or 3. Throws UsageError and ConfigError, which exit 3 too. */
export async function checkCommand(options: CheckOptions): Promise<number> {
  const rule = PLUGIN_CHECKS[options.rule]
  const asked = parseCheckArguments(rule, options)
  const { verdict, line } = await inTime(options.timeoutMs, judged(rule, asked, options))
  await options.output.write(line)
  return HEALTH_EXIT_CODES[verdict]
}

/** Applies a check to a state. Throws UsageError for a name that does not fit. */
export function evaluateCheck(rule: CheckRule, asked: CheckArguments, state: State): PluginResult {
  const findings = checkSubjectsOf(rule, asked, state.clusters).flatMap((subject) => rule.evaluate(subject))
  return pluginResult(rule.title, findings.length > 0 ? findings : [{ status: 'unknown', text: rule.emptyText }])
}

/** The arguments in the form of the rule. Throws UsageError that names the wrong one. */
export function parseCheckArguments(
  rule: CheckRule,
  given: Pick<CheckOptions, 'rule' | 'name' | 'warning' | 'critical' | 'expect'>,
): CheckArguments {
  if (given.expect !== undefined && !rule.expectation) throw new UsageError(`--expect: ${given.rule} takes no value`)
  if (given.expect !== undefined) rule.expectation?.check(given.expect)
  return {
    name: given.name,
    warning: rangeOf(given.warning, '--warning', rule, given.rule),
    critical: rangeOf(given.critical, '--critical', rule, given.rule),
    expected: given.expect ?? null,
  }
}

const EXAMPLES = {
  bytes: '8MB or 1MB:8MB',
  seconds: '10s, 5m or 0:30',
  percent: '80 or 10:80',
  days: '30 or 30:',
  transactions: '1200000000',
} as const

function rangeOf(text: string | undefined, option: string, { limit }: CheckRule, name: string): ThresholdRange | null {
  if (text === undefined) return null
  if (!limit) throw new UsageError(`${option} ${text}: ${name} has no figure that limits apply to`)
  const range = parseThresholdRange(text, limit.unit, limit.worse)
  if (range) return range
  throw new UsageError(`${option} ${text}: allowed is a figure or a range of ${limit.unit}, ${EXAMPLES[limit.unit]}`)
}

async function judged(rule: CheckRule, asked: CheckArguments, options: CheckOptions): Promise<PluginResult> {
  const config = await options.config()
  let result: PluginResult | null = null
  await pollOnce({ ...options, config, withHost: looksBeyond(options.rule, rule.subjectKind) }, async (state) => {
    result = evaluateCheck(rule, asked, state)
    return 0
  })
  return result ?? { verdict: 'unknown', line: pluginLine('unknown', 'interrupted by a signal') }
}

/** Hosts and backups are read only if the rule needs them. */
function looksBeyond(name: CheckName, about: CheckRule['subjectKind']): boolean {
  return about === 'hosts' || about === 'nodes' || name === 'backup-age' || name === 'backup-window'
}

/** A result after the caller's limit is of no use. */
async function inTime(limitMs: number, work: Promise<PluginResult>): Promise<PluginResult> {
  const done = new AbortController()
  const text = `no result within ${formatSeconds(limitMs / 1000)}`
  const late: PluginResult = { verdict: 'unknown', line: pluginLine('unknown', text) }
  try {
    return await Promise.race([work, wait(limitMs, late, { signal: done.signal })])
  } finally {
    done.abort()
  }
}

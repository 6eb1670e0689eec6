// `pgdeck metrics`: prints all known figures as OpenMetrics, once or for each request.

import type { Config } from '../../../config/config.ts'
import type { ProgramLog } from '../../../io/files/program-log.ts'
import { ListenError, type MetricsServer, startMetricsServer } from '../../../io/http/metrics-server.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import type { State } from '../../../state/state.ts'
import { aborted, listenForSignals } from '../../invocation/command-signals.ts'
import { EXIT_CODES, SIGNAL_EXIT_CODES, UsageError } from '../../invocation/exit-codes.ts'
import type { Output } from '../../invocation/output.ts'
import { VERSION } from '../../invocation/version.ts'
import { allUnreachable, closeWithinLimit, notifyOfNotices, pollOnce } from '../../watching/poll-once.ts'
import { openRecorder, RECORD_CLOSE_MS } from '../../watching/recording.ts'
import { adoptDiscoveredNodes, openWatchSession, type WatchSession } from '../../watching/session.ts'
import { exposition, METRICS_CONTENT_TYPE } from './exposition.ts'
import { type ListenAddress, listenUrl } from './listen-address.ts'

export interface MetricsOptions {
  readonly config: Config
  /** True if the config was made from DSNs: nodes that join are discovered while it listens. */
  readonly discovers: boolean
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  /** null: print once. */
  readonly listen: ListenAddress | null
  readonly output: Output
  readonly notify: (text: string) => void
  readonly log?: ProgramLog
  readonly trace?: TraceRecorder | undefined
  /** Record while it listens. */
  readonly record?: boolean
  readonly statements?: boolean
}

/** Resolves to the exit code: 0, 69 if nothing answered, that of a signal. Throws UsageError for the address. */
export async function metricsCommand(options: MetricsOptions): Promise<number> {
  const { listen } = options
  if (listen !== null) return serve(options, listen)
  return pollOnce({ ...options, withHost: true }, async (state) => {
    await options.output.write(await exposition(state, VERSION))
    return allUnreachable(state) ? EXIT_CODES.unreachable : EXIT_CODES.ok
  })
}

async function serve(options: MetricsOptions, address: ListenAddress): Promise<number> {
  const interruption = listenForSignals()
  const recorder = options.record ? await openRecorder(options.config, options) : undefined
  const session = openWatchSession({ ...options, recorder, withHost: true })
  const stopNotices = recorder ? notifyOfNotices(session.store, options.notify) : () => {}
  let listener: MetricsServer | null = null
  try {
    listener = await opened(address, session)
    options.notify(`metrics at ${listenUrl(listener)}/metrics`)
    session.run()
    if (options.discovers) void adoptDiscoveredNodes(session, options.config, interruption.signal)
    await aborted(interruption.signal)
    return interruption.code() ?? SIGNAL_EXIT_CODES.SIGINT
  } finally {
    await listener?.close()
    await closeWithinLimit(session, recorder ? RECORD_CLOSE_MS : undefined)
    stopNotices()
    interruption.release()
  }
}

/** Readers get the known state at that moment: no request waits for a target. */
async function opened(address: ListenAddress, { store }: WatchSession): Promise<MetricsServer> {
  const metrics = async () => ({
    status: 200,
    contentType: METRICS_CONTENT_TYPE,
    body: await exposition(store.published(), VERSION),
  })
  const healthz = () => {
    const missing = notReadyReason(store.published())
    return {
      status: missing === null ? 200 : 503,
      contentType: 'text/plain; charset=utf-8',
      body: `${missing ?? 'ok'}\n`,
    }
  }
  try {
    return await startMetricsServer({ ...address, pages: { '/metrics': metrics, '/healthz': healthz } })
  } catch (error) {
    if (!(error instanceof ListenError)) throw error
    throw new UsageError(`--listen ${listenUrl(address).slice('http://'.length)}: ${error.message}`)
  }
}

/** Why there is nothing to read yet; null once every target of every cluster has answered, failed or timed out. */
export function notReadyReason({ clusters }: State): string | null {
  const waiting = clusters.filter(({ pollDurationMs }) => pollDurationMs === null).map(({ spec }) => spec.name)
  return waiting.length === 0 ? null : `the first poll has not ended yet: ${waiting.join(', ')}`
}

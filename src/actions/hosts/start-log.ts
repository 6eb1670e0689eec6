// Why a server does not come up after its start, in the words of its log on its host.

import { UNKNOWN_LOG_SETTINGS } from '../../model/logs/entries/entry.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox } from '../definition/action.ts'

/** The end of the newest of these files, and of the logs in these folders. */
const NEWEST_TAIL = `for p in "$@"; do
  if [ -d "$p" ]; then for f in "$p"/*; do [ -f "$f" ] && printf '%s\\n' "$f"; done; elif [ -f "$p" ]; then printf '%s\\n' "$p"; fi
done | { newest=; while IFS= read -r f; do [ -z "$newest" ] || [ "$f" -nt "$newest" ] && newest=$f; done; [ -z "$newest" ] || tail -c 16384 "$newest"; }`
const LIMIT_MS = 5_000

/** `its log has: …`; null where the log can't be read, or says nothing against a start. Never throws. */
export async function startRefusalInLog(
  { host, dataDirectory }: { readonly host: string | null; readonly dataDirectory: string | null },
  tools: ActionToolbox,
): Promise<string | null> {
  const connection = tools.host(host)
  if (!connection || host === null) return null
  const configured = tools.config.hosts.find(({ id }) => id === host)?.logs ?? []
  const own = dataDirectory === null ? [] : [`${dataDirectory}/log`, `${dataDirectory}/pg_log`]
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  try {
    // The messages of all languages are needed once a server does not start.
    const { startFailure } = await import('../../model/diagnosis/start/start-failure.ts')
    const { logTailOf } = await import('../../model/logs/entries/log-tail.ts')
    const { stdout } = await connection.run(['sh', '-c', NEWEST_TAIL, 'sh', ...own, ...configured], { signal })
    const failure = startFailure({ host, files: null, log: logTailOf([stdout], UNKNOWN_LOG_SETTINGS) })
    return failure && clean(failure.evidence)
  } catch {
    return null
  }
}

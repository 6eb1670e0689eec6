// Whether the data of a node can be replaced where they are: a keeper makes its copy beside them, and renames it.

import { clean } from '../../../model/values/text.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import type { KeeperPlace } from './keeper.ts'

/** Ends the script with a reason where the directory d can't be removed as a whole, or the copy not be put there. */
export const PLACE = `d=\${1%/}; u=$(dirname -- "$d"); w() { echo "$1" >&2; exit 1; }
device() { stat -c %d -- "$1" 2>/dev/null; }
if [ -L "$d" ]; then w "$d is a link"; fi
if [ -L "$d/pg_wal" ]; then w "pg_wal of $d is a link: the old WAL would stay, and the new one would not go there"; fi
for m in "$d" "$d/pg_wal"; do
  [ -d "$m" ] || continue
  if { command -v mountpoint >/dev/null && mountpoint -q "$m"; } 2>/dev/null || [ "$(device "$m")" != "$(device "$u")" ]; then w "$m is a mount point"; fi
done
if [ ! -w "$u" ] || [ ! -x "$u" ]; then w "the owner of the data may not write in $u, where the copy is made"; fi`

const LIMIT_MS = 8_000

/** A clause; null: they can be replaced. Throws FaultError where the host can't be reached. */
export async function whyNotReplaced(
  { host, prefix, dataDirectory }: Pick<KeeperPlace, 'host' | 'prefix' | 'dataDirectory'>,
  tools: ActionToolbox,
): Promise<string | null> {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const argv = [...prefix, 'sh', '-c', PLACE, 'pgdeck', dataDirectory]
  const answer = await tools.host(host)?.run(argv, { signal })
  if (answer?.exitCode === 0) return null
  const [said = ''] = (answer?.stderr ?? '').trim().split('\n').slice(-1)
  return said === '' ? `whether ${dataDirectory} can be replaced is unknown` : clean(said)
}

// Writes the files that are made from the code. With --check it writes nothing and fails when one of them is stale.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configJsonSchema } from '../src/config/schema/file.ts'
import { actionsDocument } from './actions-document.ts'
import { checksDocument } from './checks-document.ts'
import { jsonDocument } from './json-document.ts'
import { keysDocument } from './keys-document.ts'
import { manualPage } from './manual-page.ts'
import { metricsDocument } from './metrics-document.ts'
import { probesDocument } from './probes-document.ts'
import { alertRulesFile } from './prometheus/alert-rules.ts'
import { dashboardFile } from './prometheus/dashboard.ts'
import { viewsDocument } from './views-document.ts'

export interface GeneratedFile {
  /** From the top of the repository. */
  readonly path: string
  make(): string | Promise<string>
}

export const GENERATED: readonly GeneratedFile[] = [
  { path: 'config.schema.json', make: () => `${JSON.stringify(configJsonSchema(), null, 2)}\n` },
  { path: 'docs/actions.md', make: actionsDocument },
  { path: 'docs/checks.md', make: checksDocument },
  { path: 'docs/json.md', make: jsonDocument },
  { path: 'docs/keys.md', make: keysDocument },
  { path: 'docs/metrics.md', make: metricsDocument },
  { path: 'docs/pgdeck.1', make: manualPage },
  { path: 'docs/probes.md', make: probesDocument },
  { path: 'docs/prometheus/pgdeck-alerts.yml', make: alertRulesFile },
  { path: 'docs/prometheus/pgdeck-dashboard.json', make: dashboardFile },
  { path: 'docs/views.md', make: viewsDocument },
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** The paths whose content is not what the code makes now. */
export async function staleFiles(files: readonly GeneratedFile[] = GENERATED): Promise<readonly string[]> {
  const judged = await Promise.all(
    files.map(async ({ path, make }) => ({ path, stale: (await make()) !== (await present(path)) })),
  )
  return judged.filter(({ stale }) => stale).map(({ path }) => path)
}

async function present(path: string): Promise<string | null> {
  return readFile(join(root, path), 'utf8').catch(() => null)
}

async function write(paths: readonly string[]): Promise<void> {
  for (const { path, make } of GENERATED.filter((file) => paths.includes(file.path))) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), await make())
    console.log(`wrote ${path}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = await staleFiles()
  if (!process.argv.includes('--check')) await write(stale)
  else if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}; run  node --import tsx scripts/generate.ts`)
    process.exitCode = 1
  }
}

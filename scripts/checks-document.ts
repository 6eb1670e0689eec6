// docs/checks.md, from the table of checks.

import { PLUGIN_CHECKS } from '../src/cli/commands/check/checks.ts'
import type { CheckRule } from '../src/cli/commands/check/evaluation/check-rule.ts'
import { formatFigure } from '../src/cli/commands/check/evaluation/range.ts'
import { CHECK_NAMES } from '../src/cli/commands/check/names.ts'
import { defaultThresholds } from '../src/config/defaults.ts'

const HEAD = `# Checks

\`pgdeck check RULE [NAME] [-w RANGE] [-c RANGE]\` is a plugin for Nagios, Icinga, Naemon and compatible
programs. It polls once, applies one rule, prints one line and exits with 0 (ok), 1 (warning), 2 (critical) or
3 (unknown). Made from the code by \`npm run generate\`.

\`\`\`
$ pgdeck check replication-lag --config /etc/pgdeck.json --cluster vault
PGDECK WARNING - replication lag: db-ro 12.4 MB, limit 8 MB | 'db-ro'=13002342B;8388608;67108864;0
$ pgdeck check role db-1 --expect primary
PGDECK OK - role: db-1 primary
$ pgdeck check sessions -w 70 -c 90 postgresql://pgdeck@10.0.0.11/postgres
PGDECK OK - sessions: 10.0.0.11 48 of 200 (24 %) | '10.0.0.11'=24%;70;90;0;100
\`\`\`

* **NAME** is a node by its name in the configuration or on the screen, or a cluster. Without it the check covers everything of the
  kind, in all clusters or in that of \`--cluster\`.
* **Limits** are those of the cluster's \`alerts\` unless given; a figure that reaches one of those is reported. \`-w\` and \`-c\`
  take the ranges of Nagios plugins: \`10\` (alerts above 10 or below 0), \`10:\` (below 10), \`~:10\` (above 10), \`10:20\`
  (outside), \`@10:20\` (inside); ends belong to the range. Figures may have units: \`8MB\`, \`5m\`, \`80%\`. Where lower is
  worse, a single figure is the lowest good value.
* **Unknown** is the result where a deciding value could not be read, and where there is nothing to check: a check that
  watches nothing is not OK. Of several results the worst counts: critical, warning, unknown, ok.
* **One poll decides.** The monitor waits until a figure lasts before it alerts; a check leaves that to the attempts of
  the monitoring system.
* \`-t\`, \`--timeout\` (10 s) ends a check as unknown. The \`timeout\` of the cluster limits each target, so that a
  hung target does not use up the time of the check. Connection strings can replace the configuration, also with \`--dsn\`.
* Wrong usage and a wrong configuration are unknown as well (3), with the reason on the line. After \`check\`, \`-c\` is the
  critical limit: the configuration is \`--config\`.
`

const CONNECTORS: Readonly<Record<CheckRule['subjectKind'], string>> = {
  databases: 'a database',
  servers: 'a server',
  'entry points': 'a pooler, proxy or address',
  hosts: 'a host',
  nodes: 'a database, server, pooler, proxy, address or host',
  clusters: 'a cluster',
}

/** The document. */
export function checksDocument(): string {
  const sections = CHECK_NAMES.map((name) => section(name, PLUGIN_CHECKS[name]))
  return `${HEAD}\n${sections.join('\n')}`
}

function section(name: string, { explains, subjectKind, limit: limited, expectation }: CheckRule): string {
  const facts = [`* NAME: ${CONNECTORS[subjectKind]}`]
  if (limited) {
    const { warning, critical } = limited.limits(defaultThresholds())
    const usual = [warning, critical].map((limit) => formatFigure(limit, limited.unit)).join(' and ')
    facts.push(`* figure: ${limited.unit}, ${limited.worse} is worse; limits from ${limited.source} (usually ${usual})`)
  }
  if (expectation) facts.push(`* \`--expect\`: ${expectation.what}`)
  return `## ${name}\n\n${explains}\n\n${facts.join('\n')}\n`
}

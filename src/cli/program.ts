// The command line: which commands there are. What one takes is in its folder's `declare.ts`; its own code is loaded when it
// runs, so that none pays for another.

import { Command } from 'commander'
import { declareAudit } from './commands/audit/declare.ts'
import { declareCheck } from './commands/check/declare.ts'
import { declareCompletion } from './commands/completion/declare.ts'
import { declareConfig } from './commands/config/declare.ts'
import { declareDemo, declareRing } from './commands/demo/declare.ts'
import { declareDiagnose } from './commands/diagnose/declare.ts'
import { declareDo } from './commands/do/declare.ts'
import { declareDoctor } from './commands/doctor/declare.ts'
import { declareHba } from './commands/hba/declare.ts'
import { declareKeys } from './commands/keys/declare.ts'
import { declareLogs } from './commands/logs/declare.ts'
import { declareMetrics } from './commands/metrics/declare.ts'
import { declareReport } from './commands/report/declare.ts'
import { declareRuns } from './commands/runs/declare.ts'
import { declareStatus } from './commands/status/declare.ts'
import { declareTopology } from './commands/topology/declare.ts'
import { declareVersion } from './commands/version/declare.ts'
import { declareWatch } from './commands/watch/declare.ts'
import type { Invocation } from './invocation/invocation.ts'
import { commonOptions } from './invocation/options.ts'

/** In the order of the help. */
const COMMANDS: readonly ((program: Command, invocation: Invocation) => void)[] = [
  declareWatch,
  declareDemo,
  declareStatus,
  declareTopology,
  declareKeys,
  declareVersion,
  declareCheck,
  declareMetrics,
  declareAudit,
  declareDo,
  declareRuns,
  declareDiagnose,
  declareHba,
  declareLogs,
  declareReport,
  declareDoctor,
  declareConfig,
  declareCompletion,
  declareRing,
]

const EXIT_CODES_HELP = `
Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown (status, check, diagnose, hba audit, doctor); 0 done, 1 not (the others);
4 a check blocks an act, 5 an act stopped half way (do); 64 wrong usage, 69 nothing could be reached, 78 the configuration is
wrong, 130 or 143 ended by a signal.`

/** A program whose commands report their exit code to `invocation`. Wrong usage throws CommanderError or UsageError. */
export function createProgram(invocation: Invocation): Command {
  const program = new Command('pgdeck')
    .description('A full-screen terminal monitor for highly available applications on PostgreSQL')
    .version(invocation.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', EXIT_CODES_HELP)
  for (const option of commonOptions()) program.addOption(option)
  for (const declare of COMMANDS) declare(program, invocation)
  return program
}

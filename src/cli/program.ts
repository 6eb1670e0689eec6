// The command line: the list of commands. Each command's folder has a `declare.ts` with its options; its own code is
// loaded only when it runs.

import { Command } from 'commander'
import { declareAudit } from './commands/audit/declare.ts'
import { declareBacktest } from './commands/backtest/declare.ts'
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
import { declareRecord } from './commands/record/declare.ts'
import { declareReport } from './commands/report/declare.ts'
import { declareRunbook } from './commands/runbook/declare.ts'
import { declareRuns } from './commands/runs/declare.ts'
import { declareStatus } from './commands/status/declare.ts'
import { declareTopology } from './commands/topology/declare.ts'
import { declareVersion } from './commands/version/declare.ts'
import { declareWatch } from './commands/watch/declare.ts'
import { EXIT_CODES, HEALTH_EXIT_CODES, SIGNAL_EXIT_CODES } from './invocation/exit-codes.ts'
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
  declareRecord,
  declareBacktest,
  declareAudit,
  declareDo,
  declareRuns,
  declareRunbook,
  declareDiagnose,
  declareHba,
  declareLogs,
  declareReport,
  declareDoctor,
  declareConfig,
  declareCompletion,
  declareRing,
]

const { ok, failed, blocked, stopped, usage, unreachable, config } = EXIT_CODES
const { SIGINT, SIGTERM } = SIGNAL_EXIT_CODES
const HEALTH = Object.entries(HEALTH_EXIT_CODES).map(([health, code]) => `${code} ${health}`)

const EXIT_CODES_HELP = `
Exit codes: ${HEALTH.join(', ')} (status, check, diagnose, hba audit, doctor); ${ok} done, ${failed} not (the others);
${blocked} a check blocks an action, ${stopped} an action stopped half way (do); ${usage} wrong usage, ${unreachable} no target could be reached, ${config} the configuration is
wrong, ${SIGINT} or ${SIGTERM} ended by a signal.`

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

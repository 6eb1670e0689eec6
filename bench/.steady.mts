import { startCluster } from './cluster.ts'
import { open, close, steady, keyTimes } from './measure.ts'
import { pgdeck } from './subjects.ts'
const cluster = await startCluster()
try { const un = await cluster.load(); const run = async (r: string) => { const s0 = pgdeck(cluster,'/tmp/trial/state',3); const s={...s0,args:[r+'/bin/pgdeck.js',...s0.args.slice(1)]}; const p = open(s); await p.until(s.ready,'x',20000); const q = await steady(s,p,20000); const k = await keyTimes(s,p,40); await close(s,p); console.log(r, JSON.stringify(q), JSON.stringify(k)) }
 for (const r of process.argv.slice(2)) await run(r); await un() } finally { await cluster.stop() }

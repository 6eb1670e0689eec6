import { startCluster } from './cluster.ts'
import { open, close } from './measure.ts'
import { pgdeck } from './subjects.ts'
const cluster = await startCluster()
try { for (let i=0;i<3;i++) { const s = pgdeck(cluster,'/tmp/trial/state',3); const p = open({...s, args:['--cpu-prof','--cpu-prof-dir=/tmp/trial/prof','--cpu-prof-interval=200',...s.args]}); await p.until(s.ready,'x',20000); await close(s,p) } } finally { await cluster.stop() }

// Messages of servers in Swedish, from the translations of PostgreSQL 15.

import { type Translation, translationOf } from './translation.ts'

export const SWEDISH: Translation = translationOf(`
PANIC: PANIK
FATAL: FATALT
ERROR: FEL
WARNING: VARNING
LOG: LOGG
NOTICE: NOTIS
DETAIL: DETALJ
HINT: TIPS
QUERY: FRÅGA
CONTEXT: KONTEXT
STATEMENT: SATS
starting: databassystemet stängdes ner vid %s
starting: databassystemet stängdes ner under återställning vid %s
starting: databassystemet avbröts; senast kända upptidpunkt vid %s
starting: databassystemet avbröts under återställning vid %s
starting: nedstängning av databasen avbröts; senast kända upptidpunkt vid %s
not-properly-shut-down: databassystemet stängdes inte ned korrekt; automatisk återställning pågår
ready: databassystemet är redo att ta emot anslutningar
ready: databassystemet är redo att ta emot read-only-anslutningar
shut-down: databassystemet är nedstängt
promote-request: tog emot förfrågan om befordran
shutdown-request: tog emot förfrågan om att stänga ner snabbt
shutdown-request: tog emot förfrågan om att stänga ner smart
shutdown-request: mottog begäran för omedelbar nedstängning
new-timeline: valt nytt tidslinje-ID: %s
recovery-complete: arkivåterställning klar
standby-mode: går in i standby-läge
streaming: startade strömning av WAL från primären vid %s/%s på tidslinje %s
replication-ended: replikering avslutad av primär server
wal-stream-lost: kunde inte ta emot data från WAL-ström: %s
no-primary-connection: kunde inte ansluta till primärserver: %s
wal-removed: efterfrågat WAL-segment %s har redan tagits bort
not-in-history: efterfrågad startpunkt %s/%s på tidslinje %s finns inte i denna servers historik
not-in-history: efterfrågad tidslinje %s finns inte i denna servers historik
not-in-history: ny tidslinje %s skapad från aktuella databasens systemtidslinje %s innan nuvarande återställningspunkt %s/%s
not-in-history: högsta tidslinjen %s i primären är efter återställningstidslinjen %s
not-a-child: efterfrågad tidslinje %s är inte ett barn till denna servers historik
slot-invalidated: invaliderar slot "%s" då dess restart_lsn %s/%s överskrider max_slot_wal_keep_size
slot-invalidated: kan inte längre få ändringar från replikeringsslot "%s"
walsender-ended: avslutar walsender-process på grund av replikerings-timeout
walsender-ended: stänger ner walsender-process efter befordran
walreceiver-timeout: avslutar wal-mottagare på grund av timeout
walreceiver-told: avslutar wal-mottagarprocessen på grund av ett administratörskommando
walreceiver-told: avslutar anslutning på grund av ett administratörskommando
recovery-paused: återställning har pausats
insufficient-settings: återställning avbruten på grund av otillräckliga parametervärden
insufficient-settings: hot standby är inte möjligt på grund av otillräckliga parameterinställningar
insufficient-settings: befordran är inte möjligt på grund av otillräckliga parameterinställningar
process-killed: %s (PID %s) terminerades av signal %s: %s
others-ended: avslutar andra aktiva serverprocesser
out-of-memory: slut på minne
too-many-clients: ledsen, för många klienter
too-many-clients: resterande anslutningsslottar är reserverade för superuser-anslutningar utan replikering
senders-used: antalet efterfrågade standby-anslutningar överskrider max_wal_senders (nu %s)
senders-used: alla replikeringsslots används
reload: mottog SIGHUP, läser om konfigurationsfiler
not-reloaded: %s laddades inte om
replication-hba: ingen rad i pg_hba.conf för replikeringsanslutning från värd "%s", användare "%s", %s
replication-hba: pg_hba.conf avvisar replikeringsanslutning för värd "%s", användare "%s", %s
login-failed: Lösenordsautentisering misslyckades för användare "%s"
login-failed: Peer-autentisering misslyckades för användare "%s"
login-failed: Ident-autentisering misslyckades för användare "%s"
login-failed: PAM-autentisering misslyckades för användare "%s"
login-failed: LDAP-autentisering misslyckades för användare "%s"
login-failed: certifikat-autentisering misslyckades för användare "%s"
login-failed: rollen "%s" finns inte
login-failed: roll "%s" tillåts inte logga in
login-failed: måste vara superuser eller replikeringsroll för att starta "walsender"
other-system: databassystemets identifierare skiljer sig åt mellan primären och standby:en
slot-missing: replikeringsslot "%s" existerar inte
slot-in-use: replikeringsslot "%s" är aktiv för PID %s
not-accepting: databassystemet startar upp
not-accepting: databassystemet stänger ner
not-accepting: databassystemet tar ännu inte emot anslutningar
not-accepting: databassystemet tar inte emot anslutningar
not-accepting: databassystemet är återställningsläge
file-contains-errors: konfigurationsfil "%s" innehåller fel
conf-syntax: syntaxfel i fil "%s" rad %s, nära slutet på raden
conf-syntax: syntaxfel i fil "%s" rad %s, nära token "%s"
unknown-setting: okänd konfigurationsparameter "%s" i fil "%s" rad %s
unknown-setting: okänd konfigurationsparameter "%s"
bad-value: ogiltigt värde för parameter "%s": "%s"
bad-value: parameter "%s" kräver ett boolskt värde
bad-value: %s%s%s är utanför giltigt intervall för parameter "%s" (%s .. %s)
no-conf-file: kunde inte öppna konfigureringsfil "%s": %s
hba-not-loaded: kunde inte ladda pg_hba.conf
no-socket: kunde inte skapa TCP/IP-uttag (socket)
no-socket: kunde inte skapa något Unix-domän-uttag (socket)
no-socket: inget uttag (socket) skapat för lyssnande
bind-failed: kunde inte binda %s-adress "%s": %s
bind-failed: kunde inte skapa lyssnande uttag (socket) för "%s"
bind-failed: kunde inte skapa unix-domän-uttag (socket) i katalog "%s"
port-taken: Kör en annan postmaster redan på port %s? Om inte, vänta några sekunder och försök igen.
lock-file-exists: låsfil med namn "%s" finns redan
lock-file-empty: låsfilen "%s" är tom
other-postmaster: Kör en annan postmaster (PID %s) i datakatalogen "%s"?
other-postmaster: Kör en annan postgres (PID %s) i datakatalogen "%s"?
other-postmaster: Använder en annan postmaster (PID %s) uttagesfilen (socket) "%s"?
lock-file-open: kan inte skapa låsfil "%s": %s
lock-file-open: kunde inte öppna låsfil "%s": %s
data-permissions: datakatalogen "%s" har felaktiga rättigheter
data-owner: datakatalogen "%s" har fel ägare
no-data-directory: databaskatalogen "%s" existerar inte
no-data-directory: "%s" är inte en giltigt datakatalog
no-data-directory: angiven datakatalog "%s" är inte en katalog
other-version: databasfilerna är inkompatibla med servern
other-version: Datakatalogen har skapats av PostgreSQL version %s, som inte är kompatibel med version %s.
shared-memory: kunde inte skapa delat minnessegment: %s
shared-memory: kunde inte mappa anonymt delat minne: %s
shared-memory-used: redan existerande delat minnesblock (nyckel %s, ID %s) används fortfarande
semaphores: kan inte skapa semafor: %s
no-library: kunde inte komma åt filen "%s": %s
no-library: kunde inte ladda länkbibliotek "%s": %s
incompatible-library: inkompatibelt bibliotek "%s": versionen stämmer inte
incompatible-library: inkompatibelt bibliotek "%s": saknar magiskt block
ssl-key-permissions: privat nyckelfil "%s" har grupp eller världsaccess
ssl-key-permissions: privat nyckelfil "%s" måste ägas av databasanvändaren eller root
ssl-files: kunde inte ladda serverns certifikatfil "%s": %s
ssl-files: kunde inte läsa in privata nyckelfilen "%s": %s
ssl-files: kontroll av privat nyckel misslyckades: %s
target-not-reached: återställning avslutades innan det konfigurerade återställningsmålet nåddes
target-before-consistency: efterfrågad återställningsstoppunkt är före en konsistent återställningspunkt
several-targets: multipla återställningsmål angivna
no-timeline: återställningsmåltidslinje %s finns inte
no-restore-command: måste ange %s när standby-läge inte är påslaget
recovery-conf: använda återställningskommandofil "%s" stöds inte
no-checkpoint: kunde inte hitta en giltig checkpoint-post
no-checkpoint: kunde inte hitta den checkpoint-post som krävs
no-checkpoint: kunde inte hitta redo-position refererad av checkpoint-post
no-checkpoint: ogiltig checkpoint-post
backup-label: backup_label innehåller data som inte stämmer med kontrollfil
wal-ends: WAL slutar före sluttiden av online-backup:en
wal-ends: WAL avslutas innan konstistent återställningspunkt
control-file: ogiltig kontrollsumma kontrollfil
bad-locale: databaslokalen är inkompatibel med operativsystemet
bad-locale: ogiltigt lokalnamn: "%s"
bad-checksum: sidverifiering misslyckades, beräknade kontrollsumma %s men förväntade %s
start-aborted: avbryter uppstart på grund av fel i startprocessen
replication-network: kunde inte översätta värdnamn "%s" till adress: %s
replication-network: timeout utgången
replication-network: servern stängde oväntat ner uppkopplingen
`)

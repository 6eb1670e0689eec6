// Messages of servers in Italian, from the translations of PostgreSQL 15.

import { type Translation, translationOf } from './translation.ts'

export const ITALIAN: Translation = translationOf(`
PANIC: PANICO
FATAL: FATALE
ERROR: ERRORE
WARNING: ATTENZIONE
NOTICE: NOTIFICA
DETAIL: DETTAGLI
HINT: SUGGERIMENTO
CONTEXT: CONTESTO
STATEMENT: ISTRUZIONE
starting: il database è stato arrestato alle %s
starting: il database è stato arrestato durante il ripristino alle %s
starting: il database è stato interrotto; l'ultimo segno di vita risale alle %s
starting: il database è stato interrotto alle %s mentre era in fase di ripristino
starting: l'arresto del database è stato interrotto; l'ultimo segno di vita risale alle %s
not-properly-shut-down: il database non è stato arrestato correttamente; ripristino automatico in corso
ready: il database è pronto ad accettare connessioni
ready: il sistema di database è pronto per accettare connessioni di sola lettura
shut-down: il database è stato arrestato
promote-request: richiesta di promozione ricevuta
shutdown-request: richiesta di arresto fast ricevuta
shutdown-request: richiesta di arresto smart ricevuta
shutdown-request: richiesta di arresto immediate ricevuta
new-timeline: l'ID della nuova timeline selezionata è %s
recovery-complete: il ripristino dell'archivio è stato completato
standby-mode: inizio modalità standby
streaming: streaming WAL avviato dal primario a %s/%s sulla timeline %s
replication-ended: replica terminata dal server primario
wal-stream-lost: ricezione dati dallo stream WAL fallita: %s
no-primary-connection: connessione al server primario fallita: %s
wal-removed: il segmento WAL richiesto %s è stato già rimosso
not-in-history: il punto di avvio richiesto %s/%s sulla timeline %s non è nella storia di questo server
not-in-history: la timeline richiesta %s non è nella storia di questo server
not-in-history: la nuova timeline %s si è staccata dalla timeline attuale %s prima del punto di recupero corrente %s/%s
not-in-history: la timeline massima %s del primario è dietro la timeline di recupero %s
not-a-child: la timeline richiesta %s non è figlia della storia di questo server
slot-invalidated: invalidando lo slot "%s" perché il suo restart_lsn %s/%s supera max_slot_wal_keep_size
slot-invalidated: non è più possibile ottenere le modifiche dallo slot di replica "%s"
walsender-ended: interruzione del processo walsender a causa di timeout di replica
walsender-ended: interruzione del processo walsender dopo la promozione
walreceiver-timeout: walreceiver terminato a causa di timeout
walreceiver-told: interruzione del processo walreceiver su comando dell'amministratore
walreceiver-told: interruzione della connessione su comando dell'amministratore
recovery-paused: ripristino in pausa
insufficient-settings: ripristino interrotto a causa di impostazioni dei parametri insufficienti
insufficient-settings: hot standby non è possibile a causa di impostazioni dei parametri insufficienti
insufficient-settings: la promozione non è possibile a causa di impostazioni dei parametri insufficienti
process-killed: %s (PID %s) è stato terminato dal segnale %s: %s
others-ended: interruzione di tutti gli altri processi attivi del server
out-of-memory: memoria esaurita
too-many-clients: spiacente, troppi client già connessi
too-many-clients: i rimanenti slot di connessione sono riservati a connessioni di superutenti non di replica
senders-used: il numero di richieste di connessioni di standby supera max_wal_senders (attualmente %s)
senders-used: tutti gli slot di replica sono in uso
reload: SIGHUP ricevuto, sto ricaricando i file di configurazione
not-reloaded: %s non è stato ricaricato
replication-hba: nessuna voce in pg_hba.conf per connessioni di replica da host "%s", utente "%s", database "%s"
replication-hba: pg_hba.conf rifiuta connessioni di replica per l'host "%s", utente "%s", %s
login-failed: autenticazione con password fallita per l'utente "%s"
login-failed: Autenticazione Peer fallita per l'utente "%s"
login-failed: Autenticazione Ident fallita per l'utente "%s"
login-failed: Autenticazione PAM fallita per l'utente "%s"
login-failed: Autenticazione LDAP fallita per l'utente "%s"
login-failed: autenticazione con certificato fallita per l'utente "%s"
login-failed: il ruolo "%s" non esiste
login-failed: al ruolo "%s" non è consentito effettuare il login
login-failed: solo un superutente o il ruolo di replica può avviare walsender
other-system: l'identificativo del database è diverso tra il primario e lo standby
slot-missing: lo slot di replica "%s" non esiste
slot-in-use: lo slot di replica "%s" è attivo per il PID %s
not-accepting: il database si sta avviando
not-accepting: il database si sta spegnendo
not-accepting: il sistema di database non accetta ancora connessioni
not-accepting: il sistema di database non accetta connessioni
not-accepting: il database è in modalità di ripristino
file-contains-errors: il file di configurazione "%s" contiene errori
conf-syntax: errore di sintassi nel file "%s" riga %s, vicino alla fine della riga
conf-syntax: errore di sintassi nel file "%s" riga %s, vicino al token "%s"
unknown-setting: parametro di configurazione non riconosciuto "%s" nel file "%s" riga %s
unknown-setting: parametro di configurazione "%s" sconosciuto
bad-value: valore non valido per il parametro "%s": "%s"
bad-value: il parametro "%s" richiede un valore booleano
bad-value: %s%s%s non rientra nell'intervallo valido per il parametro "%s" (%s .. %s)
no-conf-file: apertura del file di configurazione "%s" fallita: %s
hba-not-loaded: caricamento di pg_hba.conf fallito
no-socket: non è stato possibile creare alcun socket TCP/IP
no-socket: creazione del socket di dominio Unix fallita
no-socket: nessun socket per l'ascolto è stato creato
bind-failed: bind dell'indirizzo %s "%s" fallito: %s
bind-failed: creazione del socket di ascolto per "%s" fallita
bind-failed: creazione del socket di dominio Unix fallita nella directory "%s"
port-taken: C'è già un altro postmaster in funzione sulla porta %s? Se non c'è, aspetta alcuni secondi e riprova.
lock-file-exists: il file di lock "%s" esiste già
lock-file-empty: il file di lock "%s" è vuoto
other-postmaster: C'è un altro postmaster (PID %s) in esecuzione nella directory dei dati "%s"?
other-postmaster: C'è un altro postgres (PID %s) in esecuzione nella directory dei dati "%s"?
other-postmaster: C'è un altro postmaster (PID %s) che sta usando il file socket "%s"?
lock-file-open: creazione del file di lock "%s" fallita: %s
lock-file-open: apertura del file di lock "%s" fallita: %s
data-permissions: la directory di dati "%s" ha permessi non validi
data-owner: la directory dei dati "%s" ha il proprietario errato
no-data-directory: la directory dei dati "%s" non esiste
no-data-directory: "%s" non è una directory di dati valida
no-data-directory: la directory dei dati specificata "%s" non è una directory
other-version: i file del database sono incompatibili col server
other-version: La directory dei dati è stata inizializzata da PostgreSQL versione %s, che non è compatibile con questa versione %s.
shared-memory: creazione del segmento di memoria condivisa fallita: %s
shared-memory: mappatura della memoria condivisa anonima fallita: %s
shared-memory-used: il blocco di memoria condivisa preesistente (key %s, ID %s) è ancora in uso
semaphores: creazione dei semafori fallita: %s
no-library: accesso al file "%s" fallito: %s
no-library: caricamento della libreria "%s" fallito: %s
incompatible-library: libreria incompatibile "%s": versione non corrispondente
incompatible-library: libreria "%s" incompatibile: manca il magic block
ssl-key-permissions: il file della chiave privata "%s" ha accesso al gruppo o a chiunque
ssl-key-permissions: il file di chiave privata "%s" deve essere di proprietà dell'utente del database o di root
ssl-files: caricamento del file di certificato del server "%s" fallito: %s
ssl-files: caricamento del file della chiave privata "%s" fallito: %s
ssl-files: controllo della chiave privata fallito: %s
target-not-reached: il ripristino è terminato prima del raggiungimento della destinazione di ripristino configurata
target-before-consistency: lo stop point di ripristino è posto prima di un punto di ripristino consistente
several-targets: più obiettivi di ripristino specificati
no-timeline: la timeline destinazione di recupero %s non esiste
no-restore-command: deve specificare %s quando la modalità standby non è abilitata
recovery-conf: l'utilizzo del file di comando di ripristino "%s" non è supportato
no-checkpoint: localizzazione di un record di checkpoint valido fallita
no-checkpoint: localizzazione del record di checkpoint richiesto fallita
no-checkpoint: localizzazione della posizione di redo referenziata dal record di checkpoint fallita
no-checkpoint: il record del checkpoint non è valido
backup-label: backup_label contiene dati non consistenti col file di controllo
wal-ends: Il WAL termina prima della fine del backup online
wal-ends: Il WAL termina prima di un punto di ripristino consistente
control-file: il checksum nel file di controllo non è corretto
bad-locale: il locale del database è incompatibile col sistema operativo
bad-locale: nome locale non valido "%s"
bad-checksum: verifica della pagina fallita, somma di controllo calcolata %s ma era attesa %s
start-aborted: avvio interrotto a causa del fallimento del processo di avvio
replication-network: conversione del nome host "%s" in indirizzo fallita: %s
replication-network: timeout scaduto
replication-network: il server ha chiuso la connessione inaspettatamente
`)

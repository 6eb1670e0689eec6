// Messages of servers in German, from the translations of PostgreSQL 15.

import { type Translation, translationOf } from './translation.ts'

export const GERMAN: Translation = translationOf(`
PANIC: PANIK
ERROR: FEHLER
WARNING: WARNUNG
NOTICE: HINWEIS
HINT: TIPP
QUERY: ANFRAGE
CONTEXT: ZUSAMMENHANG
STATEMENT: ANWEISUNG
starting: Datenbanksystem wurde am %s heruntergefahren
starting: Datenbanksystem wurde während der Wiederherstellung am %s heruntergefahren
starting: Datenbanksystem wurde unterbrochen; letzte bekannte Aktion am %s
starting: Datenbanksystem wurde während der Wiederherstellung am %s unterbrochen
starting: Datenbanksystem wurde beim Herunterfahren unterbrochen; letzte bekannte Aktion am %s
not-properly-shut-down: Datenbanksystem wurde nicht richtig heruntergefahren; automatische Wiederherstellung läuft
ready: Datenbanksystem ist bereit, um Verbindungen anzunehmen
ready: Datenbanksystem ist bereit, um lesende Verbindungen anzunehmen
shut-down: Datenbanksystem ist heruntergefahren
promote-request: Anforderung zum Befördern empfangen
shutdown-request: schnelles Herunterfahren verlangt
shutdown-request: intelligentes Herunterfahren verlangt
shutdown-request: sofortiges Herunterfahren verlangt
new-timeline: gewählte neue Zeitleisten-ID: %s
recovery-complete: Wiederherstellung aus Archiv abgeschlossen
standby-mode: Standby-Modus eingeschaltet
streaming: WAL-Streaming vom Primärserver gestartet bei %s/%s auf Zeitleiste %s
replication-ended: Replikation wurde durch Primärserver beendet
wal-stream-lost: konnte keine Daten vom WAL-Stream empfangen: %s
no-primary-connection: konnte nicht mit dem Primärserver verbinden: %s
wal-removed: das angeforderte WAL-Segment %s wurde schon entfernt
not-in-history: angeforderter Startpunkt %s/%s auf Zeitleiste %s ist nicht in der History dieses Servers
not-in-history: angeforderte Zeitleiste %s ist nicht in der History dieses Servers
not-in-history: neue Zeitleiste %s zweigte von der aktuellen Datenbanksystemzeitleiste %s vor dem aktuellen Wiederherstellungspunkt %s/%s ab
not-in-history: höchste Zeitleiste %s des primären Servers liegt hinter Wiederherstellungszeitleiste %s zurück
not-a-child: angeforderte Zeitleiste %s ist kein Kind der History dieses Servers
slot-invalidated: Slot »%s« wird ungültig gemacht, weil seine restart_lsn %s/%s max_slot_wal_keep_size überschreitet
slot-invalidated: aus Replikations-Slot »%s« können keine Änderungen mehr gelesen werden
walsender-ended: WAL-Sender-Prozess wird abgebrochen wegen Zeitüberschreitung bei der Replikation
walsender-ended: WAL-Sender-Prozess wird nach Beförderung abgebrochen
walreceiver-timeout: WAL-Receiver-Prozess wird abgebrochen wegen Zeitüberschreitung
walreceiver-told: WAL-Receiver-Prozess wird abgebrochen aufgrund von Anweisung des Administrators
walreceiver-told: Verbindung wird abgebrochen aufgrund von Anweisung des Administrators
recovery-paused: Wiederherstellung wurde pausiert
insufficient-settings: Wiederherstellung abgebrochen wegen unzureichender Parametereinstellungen
insufficient-settings: Hot Standby ist nicht möglich wegen unzureichender Parametereinstellungen
insufficient-settings: Beförderung ist nicht möglich wegen unzureichender Parametereinstellungen
process-killed: %s (PID %s) wurde von Signal %s beendet: %s
others-ended: aktive Serverprozesse werden abgebrochen
out-of-memory: Speicher aufgebraucht
too-many-clients: tut mir leid, schon zu viele Verbindungen
too-many-clients: die verbleibenden Verbindungen sind für Superuser auf Nicht-Replikationsverbindungen reserviert
senders-used: Anzahl angeforderter Standby-Verbindungen überschreitet max_wal_senders (aktuell %s)
senders-used: alle Replikations-Slots sind in Benutzung
reload: SIGHUP empfangen, Konfigurationsdateien werden neu geladen
not-reloaded: %s wurde nicht neu geladen
replication-hba: kein pg_hba.conf-Eintrag für Replikationsverbindung von Host »%s«, Benutzer »%s«, %s
replication-hba: pg_hba.conf lehnt Replikationsverbindung ab für Host »%s«, Benutzer »%s«, %s
login-failed: Passwort-Authentifizierung für Benutzer »%s« fehlgeschlagen
login-failed: Peer-Authentifizierung für Benutzer »%s« fehlgeschlagen
login-failed: Ident-Authentifizierung für Benutzer »%s« fehlgeschlagen
login-failed: PAM-Authentifizierung für Benutzer »%s« fehlgeschlagen
login-failed: LDAP-Authentifizierung für Benutzer »%s« fehlgeschlagen
login-failed: Zertifikatauthentifizierung für Benutzer »%s« fehlgeschlagen
login-failed: Rolle »%s« existiert nicht
login-failed: Rolle »%s« hat keine Berechtigung zum Einloggen
login-failed: nur Superuser und Replikationsrollen können WAL-Sender starten
other-system: Datenbanksystemidentifikator unterscheidet sich zwischen Primär- und Standby-Server
slot-missing: Replikations-Slot »%s« existiert nicht
slot-in-use: Replikations-Slot »%s« ist aktiv für PID %s
not-accepting: das Datenbanksystem startet
not-accepting: das Datenbanksystem fährt herunter
not-accepting: das Datenbanksystem nimmt noch keine Verbindungen an
not-accepting: das Datenbanksystem nimmt keine Verbindungen an
not-accepting: das Datenbanksystem ist im Wiederherstellungsmodus
file-contains-errors: Konfigurationsdatei »%s« enthält Fehler
conf-syntax: Syntaxfehler in Datei »%s«, Zeile %s, am Ende der Zeile
conf-syntax: Syntaxfehler in Datei »%s«, Zeile %s, bei »%s«
unknown-setting: unbekannter Konfigurationsparameter »%s« in Datei »%s« Zeile %s
unknown-setting: unbekannter Konfigurationsparameter »%s«
bad-value: ungültiger Wert für Parameter »%s«: »%s«
bad-value: Parameter »%s« erfordert einen Boole’schen Wert
bad-value: %s%s%s ist außerhalb des gültigen Bereichs für Parameter »%s« (%s ... %s)
no-conf-file: konnte Konfigurationsdatei »%s« nicht öffnen: %s
hba-not-loaded: konnte pg_hba.conf nicht laden
no-socket: konnte keine TCP/IP-Sockets erstellen
no-socket: konnte keine Unix-Domain-Sockets erzeugen
no-socket: keine Listen-Socket erzeugt
bind-failed: konnte %s-Adresse »%s« nicht binden: %s
bind-failed: konnte Listen-Socket für »%s« nicht erzeugen
bind-failed: konnte Unix-Domain-Socket in Verzeichnis »%s« nicht erzeugen
port-taken: Läuft bereits ein anderer Postmaster auf Port %s? Wenn nicht, warten Sie einige Sekunden und versuchen Sie erneut.
lock-file-exists: Sperrdatei »%s« existiert bereits
lock-file-empty: Sperrdatei »%s« ist leer
other-postmaster: Läuft bereits ein anderer postmaster-Prozess (PID %s) im Datenverzeichnis »%s«?
other-postmaster: Läuft bereits ein anderer postgres-Prozess (PID %s) im Datenverzeichnis »%s«?
other-postmaster: Verwendet bereits ein anderer postmaster-Prozess (PID %s) die Socketdatei »%s«?
lock-file-open: konnte Sperrdatei »%s« nicht erstellen: %s
lock-file-open: konnte Sperrdatei »%s« nicht öffnen: %s
data-permissions: Datenverzeichnis »%s« hat ungültige Zugriffsrechte
data-owner: Datenverzeichnis »%s« hat falschen Eigentümer
no-data-directory: Datenverzeichnis »%s« existiert nicht
no-data-directory: »%s« ist kein gültiges Datenverzeichnis
no-data-directory: angegebenes Datenverzeichnis »%s« ist kein Verzeichnis
other-version: Datenbankdateien sind inkompatibel mit Server
other-version: Das Datenverzeichnis wurde von PostgreSQL Version %s initialisiert, welche nicht mit dieser Version %s kompatibel ist.
shared-memory: konnte Shared-Memory-Segment nicht erzeugen: %s
shared-memory: konnte anonymes Shared Memory nicht mappen: %s
shared-memory-used: bereits bestehender Shared-Memory-Block (Schlüssel %s, ID %s) wird noch benutzt
semaphores: konnte Semaphore nicht erzeugen: %s
no-library: konnte nicht auf Datei »%s« zugreifen: %s
no-library: konnte Bibliothek »%s« nicht laden: %s
incompatible-library: inkompatible Bibliothek »%s«: Version stimmt nicht überein
incompatible-library: inkompatible Bibliothek »%s«: magischer Block fehlt
ssl-key-permissions: private Schlüsseldatei »%s« erlaubt Zugriff von Gruppe oder Welt
ssl-key-permissions: private Schlüsseldatei »%s« muss als Eigentümer den Datenbankbenutzer oder »root« haben
ssl-files: konnte Serverzertifikatsdatei »%s« nicht laden: %s
ssl-files: konnte private Schlüsseldatei »%s« nicht laden: %s
ssl-files: Überprüfung des privaten Schlüssels fehlgeschlagen: %s
target-not-reached: Wiederherstellung endete bevor das konfigurierte Wiederherstellungsziel erreicht wurde
target-before-consistency: angeforderter Recovery-Endpunkt ist vor konsistentem Recovery-Punkt
several-targets: mehrere Wiederherstellungsziele angegeben
no-timeline: recovery_target_timeline %s existiert nicht
no-restore-command: %s muss angegeben werden, wenn der Standby-Modus nicht eingeschaltet ist
recovery-conf: Verwendung von Recovery-Befehlsdatei »%s« wird nicht unterstützt
no-checkpoint: konnte keinen gültigen Checkpoint-Datensatz finden
no-checkpoint: konnte den nötigen Checkpoint-Datensatz nicht finden
no-checkpoint: konnte die vom Checkpoint-Datensatz referenzierte Redo-Position nicht finden
no-checkpoint: ungültiger Checkpoint-Datensatz
backup-label: Daten in backup_label stimmen nicht mit Kontrolldatei überein
wal-ends: WAL endet vor dem Ende der Online-Sicherung
wal-ends: WAL endet vor einem konsistenten Wiederherstellungspunkt
control-file: falsche Prüfsumme in Kontrolldatei
bad-locale: Datenbank-Locale ist inkompatibel mit Betriebssystem
bad-locale: ungültiger Locale-Name: »%s«
bad-checksum: Seitenüberprüfung fehlgeschlagen, berechnete Prüfsumme %s, aber erwartet %s
start-aborted: Serverstart abgebrochen wegen Startprozessfehler
replication-network: konnte Hostnamen »%s« nicht in Adresse übersetzen: %s
replication-network: Timeout abgelaufen
replication-network: Server beendete die Verbindung unerwartet
`)

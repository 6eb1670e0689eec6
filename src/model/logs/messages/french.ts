// Messages of servers in French, from the translations of PostgreSQL 15.

import { type Translation, translationOf } from './translation.ts'

export const FRENCH: Translation = translationOf(`
ERROR: ERREUR
WARNING: ATTENTION
DETAIL: DÉTAIL
HINT: ASTUCE
QUERY: REQUÊTE
CONTEXT: CONTEXTE
STATEMENT: INSTRUCTION
BACKTRACE: PILE D'APPEL
starting: le système de bases de données a été arrêté à %s
starting: le système de bases de données a été arrêté pendant la restauration à %s
starting: le système de bases de données a été interrompu ; dernier lancement connu à %s
starting: le système de bases de données a été interrompu lors d'une restauration à %s
not-properly-shut-down: le système de bases de données n'a pas été arrêté proprement ; restauration
ready: le système de bases de données est prêt pour accepter les connexions
ready: le système de bases de données est prêt pour accepter les connexions en lecture seule
shut-down: le système de base de données est arrêté
promote-request: a reçu une demande de promotion
shutdown-request: a reçu une demande d'arrêt rapide
shutdown-request: a reçu une demande d'arrêt intelligent
shutdown-request: a reçu une demande d'arrêt immédiat
new-timeline: identifiant d'un timeline nouvellement sélectionné : %s
recovery-complete: restauration de l'archive terminée
standby-mode: entre en mode standby
streaming: démarré le flux des journaux depuis le principal à %s/%s sur la timeline %s
replication-ended: réplication terminée par le serveur primaire
wal-stream-lost: n'a pas pu recevoir des données du flux de WAL : %s
no-primary-connection: n'a pas pu se connecter au serveur principal : %s
wal-removed: le segment demandé du journal de transaction, %s, a déjà été supprimé
not-in-history: le point de reprise %s/%s de la timeline %s n'est pas dans l'historique du serveur
not-in-history: la timeline %s requise n'est pas dans l'historique de ce serveur
not-in-history: la nouvelle timeline %s a été créée à partir de la timeline de la base de données système %s
not-in-history: la plus grande timeline %s du serveur principal est derrière la timeline de restauration %s
not-a-child: la timeline requise %s n'est pas un fils de l'historique de ce serveur
slot-invalidated: invalidation du slot « %s » parce que son restart_lsn %s/%s dépasse max_slot_wal_keep_size
slot-invalidated: ne peut plus obtenir de modifications à partir du slot de réplication « %s »
walsender-ended: arrêt du processus walreceiver suite à l'expiration du délai de réplication
walsender-ended: arrêt du processus walreceiver suite promotion
walreceiver-timeout: arrêt du processus walreceiver suite à l'expiration du délai de réplication
walreceiver-told: arrêt du processus walreceiver suite à la demande de l'administrateur
walreceiver-told: arrêt des connexions suite à la demande de l'administrateur
recovery-paused: restauration en pause
insufficient-settings: restauration annulée à cause d'un paramétrage insuffisant
insufficient-settings: le hot standby n'est pas possible à cause d'un paramétrage insuffisant
insufficient-settings: la promotion n'est pas possible à cause d'une configuration insuffisante des paramètres
process-killed: %s (PID %s) a été arrêté par le signal %s : %s
others-ended: arrêt des autres processus serveur actifs
out-of-memory: mémoire épuisée
too-many-clients: désolé, trop de clients sont déjà connectés
too-many-clients: les emplacements de connexions restants sont réservés pour les connexions
senders-used: le nombre de connexions demandées par le serveur en attente dépasse
senders-used: tous les slots de réplication sont utilisés
reload: a reçu SIGHUP, rechargement des fichiers de configuration
not-reloaded: %s n'a pas été rechargé
replication-hba: aucune entrée dans pg_hba.conf pour la connexion de la réplication à partir de
replication-hba: pg_hba.conf rejette la connexion de la réplication pour l'hôte « %s »,
login-failed: authentification par mot de passe échouée pour l'utilisateur  « %s »
login-failed: authentification peer échouée pour l'utilisateur « %s »
login-failed: Échec de l'authentification Ident pour l'utilisateur « %s »
login-failed: authentification PAM échouée pour l'utilisateur « %s »
login-failed: authentification LDAP échouée pour l'utilisateur « %s »
login-failed: authentification par le certificat échouée pour l'utilisateur « %s »
login-failed: le rôle « %s » n'existe pas
login-failed: le rôle « %s » n'est pas autorisé à se connecter
login-failed: doit être un superutilisateur ou un rôle ayant l'attribut de réplication
other-system: l'identifiant du système de bases de données diffère entre le serveur principal
slot-missing: le slot de réplication « %s » n'existe pas
slot-in-use: le slot de réplication « %s » est actif pour le PID %s
not-accepting: le système de bases de données se lance
not-accepting: le système de base de données s'arrête
not-accepting: le système de bases de données n'accepte pas encore de connexions
not-accepting: le système de bases de données n'accepte pas de connexions
not-accepting: le système de bases de données est en cours de restauration
file-contains-errors: le fichier de configuration « %s » contient des erreurs
conf-syntax: erreur de syntaxe dans le fichier « %s », ligne %s, près de la fin de ligne
conf-syntax: erreur de syntaxe dans le fichier « %s », ligne %s, près du mot clé « %s »
unknown-setting: paramètre de configuration « %s » non reconnu dans le fichier « %s », ligne %s
unknown-setting: paramètre de configuration « %s » non reconnu
bad-value: valeur invalide pour le paramètre « %s » : « %s »
bad-value: le paramètre « %s » requiert une valeur booléenne
bad-value: %s%s%s est en dehors des limites valides pour le paramètre « %s » (%s .. %s)
no-conf-file: n'a pas pu ouvrir le fichier de configuration « %s » : %s
hba-not-loaded: n'a pas pu charger pg_hba.conf
no-socket: n'a pas pu créer de socket TCP/IP
no-socket: n'a pas pu créer les sockets de domaine Unix
no-socket: pas de socket créé pour l'écoute
bind-failed: n'a pas pu lier %s à l'adresse « %s » : %s
bind-failed: n'a pas pu créer le socket d'écoute pour « %s »
bind-failed: n'a pas pu créer la socket de domaine Unix dans le répertoire « %s »
port-taken: Un autre postmaster fonctionne-t'il déjà sur le port %s ?
lock-file-exists: le fichier verrou « %s » existe déjà
lock-file-empty: le fichier verrou « %s » est vide
other-postmaster: Un autre postmaster (de PID %s) est-il déjà lancé avec comme répertoire de
other-postmaster: Un autre postgres (de PID %s) est-il déjà lancé avec comme répertoire de
other-postmaster: Un autre postmaster (de PID %s) est-il déjà lancé en utilisant la socket « %s » ?
lock-file-open: n'a pas pu créer le fichier verrou « %s » : %s
lock-file-open: n'a pas pu ouvrir le fichier verrou « %s » : %s
data-permissions: le répertoire des données « %s » a des permissions non valides
data-owner: le répertoire des données « %s » a un mauvais propriétaire
no-data-directory: le répertoire des données « %s » n'existe pas
no-data-directory: « %s » n'est pas un répertoire de données valide
no-data-directory: le répertoire des données « %s » n'est pas un répertoire
other-version: les fichiers de la base de données sont incompatibles avec le serveur
other-version: Le répertoire des données a été initialisé avec PostgreSQL version %s,
shared-memory: n'a pas pu créer le segment de mémoire partagée : %s
shared-memory: n'a pas pu créer le segment de mémoire partagée anonyme : %s
shared-memory-used: le bloc de mémoire partagé pré-existant (clé %s, ID %s) est en cours
semaphores: n'a pas pu créer des sémaphores : %s
no-library: n'a pas pu accéder au fichier « %s » : %s
no-library: n'a pas pu charger la bibliothèque « %s » : %s
incompatible-library: bibliothèque « %s » incompatible : versions différentes
incompatible-library: bibliothèque « %s » incompatible : bloc magique manquant
ssl-key-permissions: le fichier de clé privé « %s » est accessible par le groupe et/ou par les
ssl-key-permissions: le fichier de clé privée « %s » doit avoir le même propriétaire que la base de donnée ou root
ssl-files: n'a pas pu charger le fichier du certificat serveur « %s » : %s
ssl-files: n'a pas pu charger le fichier de clé privée « %s » : %s
ssl-files: échec de la vérification de la clé privée : %s
target-not-reached: la restauration s'est terminée avant d'avoir atteint la cible configurée pour la restauration
target-before-consistency: le point d'arrêt de la restauration demandée se trouve avant le point
several-targets: multiples cibles de restauration spécifiées
no-timeline: le timeline cible, %s, de la restauration n'existe pas
no-restore-command: doit spécifier une %s quand le mode standby n'est pas activé
recovery-conf: utiliser le fichier de commande de la restauration « %s » n'est plus supporté
no-checkpoint: n'a pas pu localiser un enregistrement d'un point de vérification valide
no-checkpoint: n'a pas pu localiser l'enregistrement d'un point de vérification requis
no-checkpoint: n'a pas pu localiser l'enregistrement redo référencé par le point de vérification
no-checkpoint: enregistrement du point de vérification invalide
backup-label: backup_label contient des données incohérentes avec le fichier de contrôle
wal-ends: le journal de transactions se termine avant la fin de la sauvegarde de base
wal-ends: Le journal de transaction se termine avant un point de restauration cohérent
control-file: somme de contrôle incorrecte dans le fichier de contrôle
bad-locale: la locale de la base de données est incompatible avec le système d'exploitation
bad-locale: nom de locale invalide : « %s »
bad-checksum: échec de la vérification de la page, somme de contrôle calculé %s, mais attendait %s
start-aborted: annulation du démarrage à cause d'un échec dans le processus de lancement
replication-network: n'a pas pu traduire le nom d'hôte « %s » en adresse : %s
replication-network: le délai est dépassé
replication-network: la connexion au serveur a été coupée de façon inattendue
`)

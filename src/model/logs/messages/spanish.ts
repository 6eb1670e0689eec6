// Messages of servers in Spanish, from the translations of PostgreSQL 15.

import { type Translation, translationOf } from './translation.ts'

export const SPANISH: Translation = translationOf(`
DETAIL: DETALLE
QUERY: CONSULTA
CONTEXT: CONTEXTO
STATEMENT: SENTENCIA
starting: el sistema de bases de datos fue apagado en %s
starting: el sistema de bases de datos fue apagado durante la recuperación en %s
starting: el sistema de bases de datos fue interrumpido; última vez en funcionamiento en %s
starting: el sistema de bases de datos fue interrumpido durante la recuperación en %s
starting: el apagado del sistema de datos fue interrumpido; última vez registrada en funcionamiento en %s
not-properly-shut-down: el sistema de bases de datos no fue apagado apropiadamente; se está efectuando la recuperación automática
ready: el sistema de bases de datos está listo para aceptar conexiones
ready: el sistema de bases de datos está listo para aceptar conexiones de sólo lectura
shut-down: el sistema de bases de datos está apagado
promote-request: se recibió petición de promoción
shutdown-request: se recibió petición de apagado rápido
shutdown-request: se recibió petición de apagado inteligente
shutdown-request: se recibió petición de apagado inmediato
new-timeline: seleccionado nuevo ID de timeline: %s
recovery-complete: recuperación completa
standby-mode: entrando al modo standby
streaming: iniciando el flujo de WAL desde el primario en %s/%s en el timeline %s
replication-ended: replicación terminada por el servidor primario
wal-stream-lost: no se pudo recibir datos desde el flujo de WAL: %s
no-primary-connection: no se pudo conectar al servidor primario: %s
wal-removed: el segmento de WAL solicitado %s ya ha sido eliminado
not-in-history: el punto de inicio solicitado %s/%s del timeline %s no está en la historia de este servidor
not-in-history: el timeline %s solicitado no está en la historia de este servidor
not-in-history: el nuevo timeline %s bifurcó del timeline del sistema actual %s antes del punto re recuperación actual %s/%s
not-in-history: el timeline más alto del primario, %s, está más atrás que el timeline de recuperación %s
not-a-child: el timeline solicitado %s no es un hijo de la historia de este servidor
slot-invalidated: invalidando el slot «%s» porque su restart_lsn %s/%s excede max_slot_wal_keep_size
slot-invalidated: ya no se pueden recibir cambios desde el slot de replicación «%s»
walsender-ended: terminando el proceso walsender debido a que se agotó el tiempo de espera de replicación
walsender-ended: terminando el proceso walsender luego de la promoción
walreceiver-timeout: terminando el proceso walreceiver debido a que se agotó el tiempo de espera
walreceiver-told: terminando el proceso walreceiver debido a una orden del administrador
walreceiver-told: terminando la conexión debido a una orden del administrador
recovery-paused: la recuperación está en pausa
insufficient-settings: se abortó la recuperación porque la configuración de parámetros no es suficiente
insufficient-settings: hot standby no es posible porque la configuración de parámetros no es suficiente
insufficient-settings: la promoción no es posible porque la configuración de parámetros no es suficiente
process-killed: %s (PID %s) fue terminado por una señal %s: %s
others-ended: terminando todos los otros procesos de servidor activos
out-of-memory: memoria agotada
too-many-clients: lo siento, ya tenemos demasiados clientes
too-many-clients: las conexiones restantes están reservadas a superusuarios y no de replicación
senders-used: la cantidad de conexiones standby pedidas excede max_wal_senders (actualmente %s)
senders-used: todos los slots de replicación están en uso
reload: se recibió SIGHUP, volviendo a cargar archivos de configuración
not-reloaded: %s no fue vuelto a cargar
replication-hba: no hay una línea en pg_hba.conf para la conexión de replicación desde el servidor «%s», usuario «%s», %s
replication-hba: pg_hba.conf rechaza la conexión de replicación para el servidor «%s», usuario «%s», %s
login-failed: la autentificación password falló para el usuario «%s»
login-failed: la autentificación Peer falló para el usuario «%s»
login-failed: la autentificación Ident falló para el usuario «%s»
login-failed: la autentificación PAM falló para el usuario «%s»
login-failed: la autentificación LDAP falló para el usuario «%s»
login-failed: la autentificación por certificado falló para el usuario «%s»
login-failed: no existe el rol «%s»
login-failed: al rol «%s» no se le permite conectarse
login-failed: debe ser superusuario o rol de replicación para iniciar el walsender
other-system: el identificador de sistema difiere entre el primario y el standby
slot-missing: no existe el slot de replicación «%s»
slot-in-use: el slot de replicación «%s» está activo para el PID %s
not-accepting: el sistema de base de datos está iniciándose
not-accepting: el sistema de base de datos está apagándose
not-accepting: el sistema de bases de datos aún no está aceptando conexiones
not-accepting: el sistema de bases de datos no está aceptando conexiones
not-accepting: el sistema de base de datos está en modo de recuperación
file-contains-errors: el archivo de configuración «%s» contiene errores
conf-syntax: error de sintaxis en el archivo «%s» línea %s, cerca del fin de línea
conf-syntax: error de sintaxis en el archivo «%s» línea %s, cerca de la palabra «%s»
unknown-setting: parámetro de configuración «%s» no reconocido en el archivo «%s» línea %s
unknown-setting: parámetro de configuración «%s» no reconocido
bad-value: valor no válido para el parámetro «%s»: «%s»
bad-value: el parámetro «%s» requiere un valor lógico (booleano)
bad-value: %s%s%s está fuera del rango aceptable para el parámetro «%s» (%s .. %s)
no-conf-file: no se pudo abrir el archivo de configuración «%s»: %s
hba-not-loaded: no se pudo cargar pg_hba.conf
no-socket: no se pudo crear ningún socket TCP/IP
no-socket: no se pudo crear ningún socket de dominio Unix
no-socket: no se creó el socket de atención
bind-failed: no se pudo enlazar a la dirección %s «%s»: %s
bind-failed: no se pudo crear el socket de escucha para «%s»
bind-failed: no se pudo crear el socket de dominio Unix en el directorio «%s»
port-taken: ¿Hay otro postmaster en ejecución en el puerto %s? Si no, aguarde unos segundos y reintente.
lock-file-exists: el archivo de bloqueo «%s» ya existe
lock-file-empty: el archivo de bloqueo «%s» está vacío
other-postmaster: ¿Hay otro postmaster (PID %s) en ejecución en el directorio de datos «%s»?
other-postmaster: ¿Hay otro postgres (PID %s) en ejecución en el directorio de datos «%s»?
other-postmaster: ¿Hay otro postmaster (PID %s) usando el socket «%s»?
lock-file-open: no se pudo crear el archivo de bloqueo «%s»: %s
lock-file-open: no se pudo abrir el archivo de bloqueo «%s»: %s
data-permissions: el directorio de datos «%s» tiene permisos no válidos
data-owner: el directorio de datos «%s» tiene dueño equivocado
no-data-directory: no existe el directorio de datos «%s»
no-data-directory: «%s» no es un directorio de datos válido
no-data-directory: el directorio de datos especificado «%s» no es un directorio
other-version: los archivos de base de datos son incompatibles con el servidor
other-version: El directorio de datos fue inicializado por PostgreSQL versión %s, que no es compatible con esta versión %s.
shared-memory: no se pudo crear el segmento de memoria compartida: %s
shared-memory: no se pudo mapear memoria compartida anónima: %s
shared-memory-used: el bloque de memoria compartida preexistente (clave %s, ID %s) aún está en uso
semaphores: no se pudo crear semáforos: %s
no-library: no se pudo acceder al archivo «%s»: %s
no-library: no se pudo cargar la biblioteca «%s»: %s
incompatible-library: biblioteca «%s» incompatible: versión no coincide
incompatible-library: biblioteca «%s» incompatible: no se encuentra el bloque mágico
ssl-key-permissions: el archivo de la llave privada «%s» tiene acceso para el grupo u otros
ssl-key-permissions: el archivo de llave privada «%s» debe ser de propiedad del usuario de base de datos o root
ssl-files: no se pudo cargar el archivo de certificado de servidor «%s»: %s
ssl-files: no se pudo cargar el archivo de la llave privada «%s»: %s
ssl-files: falló la revisión de la llave privada: %s
target-not-reached: la recuperación terminó antes de alcanzar el punto configurado como destino de recuperación
target-before-consistency: el punto de detención de recuperación pedido es antes del punto de recuperación consistente
several-targets: múltiples valores de destino de recuperación especificados
no-timeline: no existe el timeline %s especificado como destino de recuperación
no-restore-command: debe especificarse %s cuando el modo standby no está activo
recovery-conf: el uso del archivo de configuración de recuperación «%s» no está soportado
no-checkpoint: no se pudo localizar un registro de punto de control válido
no-checkpoint: no se pudo localizar el registro del punto de control requerido
no-checkpoint: no se pudo encontrar la ubicación de redo referida por el registro de punto de control
no-checkpoint: el registro del punto de control no es válido
backup-label: backup_label contiene datos inconsistentes con el archivo de control
wal-ends: WAL termina antes del fin del respaldo en línea
wal-ends: WAL termina antes del punto de recuperación consistente
control-file: la suma de verificación es incorrecta en el archivo de control
bad-locale: la configuración regional de la base de datos es incompatible con el sistema operativo
bad-locale: nombre de configuración regional no válido: «%s»
bad-checksum: la suma de verificación falló, se calculó %s pero se esperaba %s
start-aborted: abortando el inicio debido a una falla en el procesamiento de inicio
replication-network: no se pudo traducir el nombre «%s» a una dirección: %s
replication-network: tiempo de espera agotado
replication-network: el servidor ha cerrado la conexión inesperadamente
`)

// Messages of servers in Korean, from the translations of PostgreSQL 15.

import { type Translation, translationOf } from './translation.ts'

export const KOREAN: Translation = translationOf(`
PANIC: 손상
FATAL: 치명적오류
ERROR: 오류
WARNING: 경고
LOG: 로그
NOTICE: 알림
INFO: 정보
DEBUG: 디버그
DETAIL: 상세정보
HINT: 힌트
QUERY: 쿼리
CONTEXT: 내용
STATEMENT: 명령 구문
BACKTRACE: 역추적
starting: 데이터베이스 시스템 마지막 가동 중지 시각: %s
starting: 복구 중 데이터베이스 시스템 마지막 가동 중지 시각: %s
starting: 데이터베이스 시스템이 비정상적으로 종료되었음; 마지막 운영시간: %s
starting: 데이터베이스 시스템 복구하는 도중 비정상적으로 가동 중지된 시각: %s
starting: 데이터베이스 시스템 셧다운 작업이 비정상적으로 종료되었음; 마지막 운영시간: %s
not-properly-shut-down: 데이터베이스 시스템이 정상적으로 종료되지 못했습니다, 자동 복구 작업을 진행합니다
ready: 이제 데이터베이스 서버로 접속할 수 있습니다
ready: 데이터베이스 시스템이 읽기 전용으로 연결을 수락할 준비가 되었습니다.
shut-down: 데이터베이스 시스템 서비스를 중지했습니다
promote-request: 운영 전환 신호를 받았습니다.
shutdown-request: fast 중지 요청을 받았습니다.
shutdown-request: smart 중지 요청을 받았습니다.
shutdown-request: immediate 중지 요청을 받았습니다.
new-timeline: 지정한 새 타임라인 ID: %s
recovery-complete: 아카이브 복구 완료
standby-mode: 대기 모드로 전환합니다
streaming: 주 서버의 WAL 스트리밍 시작 위치: %s/%s (타임라인 %s)
replication-ended: 주 서버에 의해서 복제가 끝남
wal-stream-lost: WAL 스트림에서 자료 받기 실패: %s
no-primary-connection: 주 서버에 연결 할 수 없음: %s
wal-removed: 요청한 %s WAL 조각 파일은 이미 지워졌음
not-in-history: 요청된 %s/%s 시작 위치(타임라인 %s)가 이 서버 내역에 없습니다.
not-in-history: 요청한 %s 타이라인이 이 서버 내역에는 없음
not-in-history: 복구 위치까지 복구하기 전에 새 타임라인 %s번으로 분기됨, 기존 데이터베이스 타임라인: %s, 기대한 복구 위치 %s/%s
not-in-history: 주 서버의 제일 최신의 타임라인은 %s 인데, 복구 타임라인 %s 보다 옛것입니다
not-a-child: 요청한 %s 타임라인은 서버 타임라인의 하위가 아님
slot-invalidated: "%s" 슬롯이 바르지 않음. %s/%s restart_lsn 값이 max_slot_wal_keep_size 값을 초과했음
slot-invalidated: "%s" 복제 슬롯에서 변경 사항을 더 찾을 수 없음
walsender-ended: 복제 시간 제한으로 wal 송신기 프로세스를 종료합니다.
walsender-ended: 운영전환 뒤 wal 송신기 프로세스를 중지합니다.
walreceiver-timeout: 시간 제한으로 wal 수신기를 중지합니다.
walreceiver-told: 관리자 명령으로 인해 WAL 수신기를 종료합니다.
walreceiver-told: 관리자 요청에 의해서 연결을 끝냅니다
recovery-paused: 복구 작업이 일시 중지 됨
insufficient-settings: 복원 작업이 불충분한 설정으로 중지 되었습니다.
insufficient-settings: 불충분한 서버 설정으로 hot standby 서버를 운영할 수 없음
insufficient-settings: 운영 서버로 전환할 수 없습니다. 설정이 불충분합니다.
process-killed: %s (PID %s) 프로세스가 %s번 시그널을 받아 종료됨: %s
others-ended: 다른 활성화 되어있는 서버 프로세스를 마치고 있는 중입니다
out-of-memory: 메모리 부족
too-many-clients: 최대 동시 접속자 수를 초과했습니다.
too-many-clients: 남은 연결 슬롯은 non-replication 슈퍼유저 연결용으로 남겨 놓았음
senders-used: 대기 서버 연결 수가 max_wal_senders 설정값(현재 %s)을 초과했습니다
senders-used: 모든 복제 슬롯이 사용 중입니다.
reload: SIGHUP 신호를 받아서, 환경설정파일을 다시 읽고 있습니다.
not-reloaded: %s 파일을 다시 불러오지 않았음
replication-hba: 호스트 "%s", 사용자 "%s", %s 연결이 복제용 연결로 pg_hba.conf 파일에 설정되어 있지 않습니다
replication-hba: 호스트 "%s", 사용자 "%s", %s 연결이 복제용 연결로는 pg_hba.conf 파일 설정에 따라 거부됩니다
login-failed: 사용자 "%s"의 password 인증을 실패했습니다
login-failed: 사용자 "%s"의 peer 인증을 실패했습니다.
login-failed: 사용자 "%s"의 Ident 인증을 실패했습니다.
login-failed: 사용자 "%s"의 PAM 인증을 실패했습니다.
login-failed: "%s" 사용자의 LDAP 인증을 실패했습니다.
login-failed: 사용자 "%s"의 인증서 인증을 실패했습니다
login-failed: "%s" 롤(role) 없음
login-failed: "%s" 롤은 접속을 허용하지 않음
login-failed: superuser 또는 replication 권한을 가진 롤만 walsender 프로세스를 시작할 수 있음
other-system: 데이터베이스 시스템 식별번호가 주 서버와 대기 서버가 서로 다름
slot-missing: "%s" 이름의 복제 슬롯이 없습니다
slot-in-use: "%s" 이름의 복제 슬롯을 %s PID 프로세스가 사용중입니다.
not-accepting: 데이터베이스 시스템이 새로 가동 중입니다.
not-accepting: 데이터베이스 시스템이 중지 중입니다
not-accepting: 해당 데이터베이스 시스템은 아직 접속을 허용하지 않습니다.
not-accepting: 해당 데이터베이스 시스템은 접속을 허용하지 않습니다.
not-accepting: 데이터베이스 시스템이 자동 복구 작업 중입니다.
file-contains-errors: "%s" 환경 설정파일에 오류가 있음
conf-syntax: "%s" 파일 %s 줄 끝부분에서 구문 오류 있음
conf-syntax: "%s" 파일 %s 줄에서 구문 오류 있음, "%s" 토큰 부근
unknown-setting: 알 수 없는 환경 매개 변수 이름 "%s", 해당 파일: "%s", 줄번호: %s
unknown-setting: 알 수 없는 환경 매개 변수 이름: "%s"
bad-value: 잘못된 "%s" 매개 변수의 값: "%s"
bad-value: "%s" 매개 변수의 값은 boolean 값이어야 합니다.
bad-value: %s%s%s 값은 "%s" 매개 변수의 값으로 타당한 범위(%s .. %s)를 벗어남
no-conf-file: "%s" 설정 파일 을 열수 없습니다: %s
hba-not-loaded: pg_hba.conf를 로드할 수 없음
no-socket: TCP/IP 소켓을 만들 수 없습니다.
no-socket: 유닉스 도메인 소켓을 만들 수 없습니다
no-socket: 서버 접속 대기 작업을 위한 소켓을 만들 수 없음
bind-failed: %s 바인드 실패, 대상 주소: "%s": %s
bind-failed: "%s" 응당 소켓을 만들 수 없습니다
bind-failed: "%s" 디렉터리에 유닉스 도메인 소켓을 만들 수 없습니다
port-taken: 다른 postmaster 가 포트 %s에서  이미 실행중인것 같습니다? 그렇지 않다면 몇 초를 기다렸다가 다시 시도해보십시오.
lock-file-exists: "%s" 잠금 파일이 이미 있음
lock-file-empty: "%s" 잠금 파일이 비었음
other-postmaster: 다른 postmaster 프로그램(PID %s)이 "%s" 데이터 디렉터리를 사용해서 실행중입니까?
other-postmaster: 다른 postgres 프로그램(PID %s)이 "%s" 데이터 디렉터리를 사용해서 실행중입니까?
other-postmaster: 다른 postmaster 프로그램(PID %s)이 "%s" 소켓 파일을 사용해서 실행중입니까?
lock-file-open: "%s" 잠금 파일을 만들 수 없음: %s
lock-file-open: "%s" 잠금파일을 열 수 없음: %s
data-permissions: "%s" 데이터 디렉터리 접근 권한에 문제가 있습니다.
data-owner: "%s" 데이터 디렉터리 소유주가 잘못 되었습니다.
no-data-directory: "%s" 데이터 디렉터리 없음
no-data-directory: "%s" 값은 바른 데이터디렉터리가 아닙니다
no-data-directory: 지정한 "%s" 데이터 디렉터리는 디렉터리가 아님
other-version: 데이터베이스 파일들이 서버와 호환성이 없습니다
other-version: 이 데이터 디렉터리는 PostgreSQL %s 버전으로 초기화 되어있는데, 이 서버의 %s 버전은 이 버전과 호환성이 없습니다.
shared-memory: 공유 메모리 세그먼트를 만들 수 없음: %s
shared-memory: 가용 공유 메모리 확보 실패: %s
shared-memory-used: 미리 확보된 공유 메모리 영역 (%s 키, %s ID)이 여전히 사용중입니다
semaphores: 세마포어를 만들 수 없음: %s
no-library: "%s" 파일에 액세스할 수 없음: %s
no-library: "%s" 라이브러리를 불러 올 수 없음: %s
incompatible-library: "%s" 라이브러리는 사용할 수 없습니다: 버전이 틀림
incompatible-library: "%s" 라이브러리는 사용할 수 없습니다: magic black 없음
ssl-key-permissions: "%s" 개인 키 파일에 그룹 또는 익명 액세스 권한이 있음
ssl-key-permissions: "%s" 개인 키 파일의 소유주는 데이터베이스 사용자이거나 root 여야 합니다.
ssl-files: 서버 인증서 파일 "%s"을 불러들일 수 없습니다: %s
ssl-files: 비밀키 파일 "%s"을 불러들일 수 없습니다: %s
ssl-files: 비밀키의 확인 실패: %s
target-not-reached: 지정한 recovery target 도달 전에 복원 끝남
target-before-consistency: 요청한 복구 중지 지점이 일치하는 복구 지점 앞에 있음
several-targets: 복구 대상을 다중 지정했음
no-timeline: %s 복구 대상 타임라인이 없음
no-restore-command: 대기 모드를 활성화 하지 않았다면(standby_mode = off), %s 설정은 반드시 있어야 함
recovery-conf: "%s" 복구 명령 파일을 사용하는 것을 지원하지 않습니다
no-checkpoint: 체크포인트 레코드의 위치를 바르게 잡을 수 없음
no-checkpoint: 요청된 체크포인트 레코드의 위치를 바르게 잡을 수 없음
no-checkpoint: 체크포인트 기록으로 참조하는 재실행 위치를 찾을 수 없음
no-checkpoint: 잘못된 checkpoint 레코드
backup-label: backup_label 파일 안에 컨트롤 파일과 일관성이 맞지 않는 자료가 있음
wal-ends: 온라인 백업 작업 끝나기전에 WAL 작업 종료됨
wal-ends: WAL이 일치하는 복구 지점 앞에서 종료됨
control-file: 컨트롤 파일에 잘못된 체크섬 값이 있습니다
bad-locale: 데이터베이스 로케일이 운영 체제와 호환되지 않음
bad-locale: "%s" 로케일 이름이 잘못됨
bad-checksum: 페이지 검사 실패, 계산된 체크섬은 %s, 기대값은 %s
start-aborted: 시작 프로세스 실패 때문에 서버 시작이 중지 되었습니다
replication-network: "%s" 호스트 이름을 전송할 수 없습니다: 대상 주소: %s
replication-network: 시간 초과
replication-network: 서버가 갑자기 연결을 닫았음
`)

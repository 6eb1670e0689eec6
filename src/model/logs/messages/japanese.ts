// Messages of servers in Japanese, from the translations of PostgreSQL 15.

import { type Translation, translationOf } from './translation.ts'

export const JAPANESE: Translation = translationOf(`
DETAIL: 詳細
HINT: ヒント
QUERY: 問い合わせ
CONTEXT: 文脈
STATEMENT: 文
BACKTRACE: バックトレース
starting: データベースシステムは %s にシャットダウンしました
starting: データベースシステムはリカバリ中 %s にシャットダウンしました
starting: データベースシステムは中断されました: %s まで動作していたことは確認できます
starting: データベースシステムはリカバリ中 %s に中断されました
starting: データベースシステムはシャットダウン中に中断されました; %s まで動作していたことは確認できます
not-properly-shut-down: データベースシステムは正しくシャットダウンされていません; 自動リカバリを実行中
ready: データベースシステムの接続受け付け準備が整いました
ready: データベースシステムはリードオンリー接続の受け付け準備ができました
shut-down: データベースシステムはシャットダウンしました
promote-request: 昇格要求を受信しました
shutdown-request: 高速シャットダウン要求を受け取りました
shutdown-request: スマートシャットダウン要求を受け取りました
shutdown-request: 即時シャットダウン要求を受け取りました
new-timeline: 新しいタイムラインIDを選択: %s
recovery-complete: アーカイブリカバリが完了しました
standby-mode: スタンバイモードに入ります
streaming: プライマリのタイムライン%sの %s/%sからでWALストリーミングを始めます
replication-ended: プライマリサーバーによりレプリケーションが打ち切られました
wal-stream-lost: WAL ストリームからデータを受信できませんでした: %s
no-primary-connection: プライマリサーバーへの接続ができませんでした: %s
wal-removed: 要求された WAL セグメント %s はすでに削除されています
not-in-history: タイムライン%s上の要求された開始ポイント%s/%sはサーバーの履歴にありません
not-in-history: 要求されたタイムライン%sがサーバーの履歴上に存在しません
not-in-history: 新しいタイムライン%sは現在のデータベースシステムのタイムライン%sから現在のリカバリポイント%s/%sより前に分岐しています
not-in-history: プライマリの最大のタイムライン%sが、リカバリのタイムライン %sより遅れています
not-a-child: 要求されたタイムライン%sはこのサーバーの履歴からの子孫ではありません
slot-invalidated: restart_lsnの値 %s/%s が max_slot_wal_keep_size の範囲を超えたため、スロット"%s"を無効化します
slot-invalidated: すでにレプリケーションスロット"%s"から変更を取り出すことはできません
walsender-ended: レプリケーションタイムアウトにより WAL 送信プロセスを終了しています
walsender-ended: 昇格後にWAL送信プロセスを終了します
walreceiver-timeout: レプリケーションタイムアウトによりwalreceiverを終了しています
walreceiver-told: 管理者コマンドにより WAL 受信プロセスを終了しています
walreceiver-told: 管理者コマンドにより接続を終了しています
recovery-paused: リカバリは一時停止中です
insufficient-settings: 不十分なパラメータ設定値のためリカバリが停止しました
insufficient-settings: 不十分なパラメータ設定のため、ホットスタンバイを使用できません
insufficient-settings: 不十分なパラメータ設定のため、昇格できません
process-killed: %s (PID %s)はシグナル%sで終了しました: %s
others-ended: 他の活動中のサーバープロセスを終了しています
out-of-memory: メモリ不足です
too-many-clients: 現在クライアント数が多すぎます
too-many-clients: 残りの接続スロットはレプリケーションユーザーではないスーパーユーザー用に予約されています
senders-used: 要求されたスタンバイ接続が max_wal_senders を超えています（現在は %s）
senders-used: レプリケーションスロットは全て使用中です
reload: SIGHUPを受け取りました。設定ファイルをリロードしています
not-reloaded: %s は再読み込みされていません
replication-hba: pg_hba.conf にホスト"%s"、ユーザー"%s", %s用のエントリがありません
replication-hba: pg_hba.conf の設定でホスト "%s"、ユーザー "%s", %s 用のレプリケーション接続を拒否しました
login-failed: ユーザー"%s"のパスワード認証に失敗しました
login-failed: ユーザー"%s"で対向(peer)認証に失敗しました
login-failed: ユーザー"%s"のIdent認証に失敗しました
login-failed: ユーザー"%s"のPAM認証に失敗しました
login-failed: ユーザー"%s"のLDAP認証に失敗しました
login-failed: ユーザー"%s"の証明書認証に失敗しました
login-failed: ロール"%s"は存在しません
login-failed: ロール"%s"はログインが許可されません
login-failed: walsenderを起動するにはスーパーユーザーまたはreplicationロールである必要があります
other-system: データベースシステムの識別子がプライマリサーバーとスタンバイサーバー間で異なります
slot-missing: レプリケーションスロット"%s"は存在しません
slot-in-use: レプリケーションスロット"%s"はPID%sで使用中です
not-accepting: データベースシステムは起動処理中です
not-accepting: データベースシステムはシャットダウンしています
not-accepting: データベースシステムはまだ接続を受け付けていません
not-accepting: データベースシステムは接続を受け付けていません
not-accepting: データベースシステムはリカバリモードです
file-contains-errors: 設定ファイル"%s"にはエラーがあります
conf-syntax: ファイル"%s"の行%sの行末近辺で構文エラーがありました
conf-syntax: ファイル"%s"の行%sのトークン"%s"近辺で構文エラーがありました
unknown-setting: ファイル"%s"行%sで認識できない設定パラメータ"%s"
unknown-setting: 設定パラメータ"%s"は不明です
bad-value: パラメータ"%s"の値が不正です: "%s"
bad-value: パラメータ"%s"にはbooleanを指定します
bad-value: %s%s%s はパラメータ"%s"の有効範囲 (%s .. %s) を超えています
no-conf-file: 設定ファイル"%s"をオープンできませんでした: %s
hba-not-loaded: pg_hba.conf の読み込みができませんでした
no-socket: TCP/IPソケットを作成できませんでした
no-socket: Unixドメインソケットを作成できませんでした
no-socket: 監視用に作成するソケットはありません
bind-failed: %sアドレス"%s"のbindに失敗しました: %s
bind-failed: "%s"に関する監視用ソケットを作成できませんでした
bind-failed: ディレクトリ"%s"においてUnixドメインソケットを作成できませんでした
port-taken: すでに他にpostmasterがポート%sで稼動していませんか? 稼動していなければ数秒待ってから再試行してください。
lock-file-exists: ロックファイル"%s"はすでに存在します
lock-file-empty: ロックファイル"%s"が空です
other-postmaster: 他のpostmaster(PID %s)がデータディレクトリ"%s"で稼動していませんか?
other-postmaster: 他のpostgres(PID %s)がデータディレクトリ"%s"で稼動していませんか?
other-postmaster: 他のpostmaster(PID %s)がソケットファイル"%s"を使用していませんか?
lock-file-open: ロックファイル"%s"を作成できませんでした: %s
lock-file-open: ロックファイル"%s"をオープンできませんでした: %s
data-permissions: データディレクトリ"%s"の権限設定が不正です
data-owner: データディレクトリ"%s"の所有者情報が間違っています
no-data-directory: データディレクトリ"%s"は存在しません
no-data-directory: "%s"は有効なデータディレクトリではありません
no-data-directory: 指定されたデータディレクトリ"%s"はディレクトリではありません
other-version: データベースファイルがサーバーと互換性がありません
other-version: データディレクトリはPostgreSQLバージョン%sで初期化されましたが、これはバージョン%sとは互換性がありません
shared-memory: 共有メモリセグメントを作成できませんでした: %s
shared-memory: 匿名共有メモリをマップできませんでした: %s
shared-memory-used: 既存の共有メモリブロック(キー%s、ID %s)がまだ使用中です
semaphores: セマフォを作成できませんでした: %s
no-library: ファイル"%s"にアクセスできませんでした: %s
no-library: ライブラリ"%s"をロードできませんでした: %s
incompatible-library: "%s"は互換性がないライブラリです: バージョンの不一致
incompatible-library: "%s"は互換性がないライブラリです。マジックブロックの欠落
ssl-key-permissions: 秘密鍵ファイル"%s"はグループまたは全員からアクセス可能です
ssl-key-permissions: 秘密鍵ファイル"%s"はデータベースユーザーもしくはrootの所有である必要があります
ssl-files: サーバー証明書ファイル"%s"をロードできませんでした: %s
ssl-files: 秘密鍵ファイル"%s"をロードできませんでした: %s
ssl-files: 秘密鍵の検査に失敗しました: %s
target-not-reached: 指定したリカバリターゲットに到達する前にリカバリが終了しました
target-before-consistency: 要求されたリカバリ停止ポイントは、一貫性があるリカバリポイントより前にあります
several-targets: 複数のリカバリ目標が指定されています
no-timeline: リカバリ目標タイムライン%sが存在しません
no-restore-command: スタンバイモードを有効にしない場合は、%s の指定が必要です
recovery-conf: リカバリコマンドファイル "%s"の使用はサポートされません
no-checkpoint: 有効なチェックポイントが見つかりませんでした
no-checkpoint: 必要なチェックポイントが見つかりませんでした
no-checkpoint: チェックポイントレコードが参照している redo 位置を見つけられませんでした
no-checkpoint: チェックポイントレコードが不正です
backup-label: backup_labelに制御ファイルと整合しないデータが含まれます
wal-ends: オンラインバックアップの終了より前にWALが終了しました
wal-ends: WALが一貫性があるリカバリポイントより前で終了しました
control-file: 制御ファイル内のチェックサムが不正です
bad-locale: データベースのロケールがオペレーティングシステムと互換性がありません
bad-locale: ロケール名"%s"は不正です
bad-checksum: ページ検証が失敗しました。計算されたチェックサムは%sですが想定は%sです
start-aborted: 起動プロセスの失敗のため起動を中断しています
replication-network: ホスト名"%s"をアドレスに変換できませんでした: %s
replication-network: タイムアウト期間が過ぎました
replication-network: サーバーとの接続が想定外にクローズされました
`)

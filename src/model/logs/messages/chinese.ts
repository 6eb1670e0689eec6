// Messages of servers in Chinese, from the translations of PostgreSQL 15.

import { type Translation, translationOf } from './translation.ts'

export const CHINESE: Translation = translationOf(`
PANIC: 比致命错误还过分的错误
FATAL: 致命错误
ERROR: 错误
WARNING: 警告
LOG: 日志
NOTICE: 注意
INFO: 信息
DEBUG: 调试
DETAIL: 详细信息
HINT: 提示
QUERY: 查询
CONTEXT: 上下文
STATEMENT: 语句
starting: 数据库上次关闭时间为 %s
starting: 在%s，数据库在恢复中关闭
starting: 数据库系统中断；上一次的启动时间是在%s
starting: 恢复时, 数据库系统在 %s 被中断
starting: 数据库系统关闭操作被中断；上一次已知的运行是在%s
not-properly-shut-down: 数据库系统没有正确的关闭; 处于自动恢复状态中
ready: 数据库系统准备接受连接
shut-down: 数据库系统已关闭
promote-request: 接收到提或请求
shutdown-request: 接收到快速 (fast) 停止请求
shutdown-request: 接到到智能 (smart) 停止请求
shutdown-request: 接收到立即 (immediate) 停止请求
new-timeline: 已选择的新时间线ID：%s
recovery-complete: 归档恢复完毕
standby-mode: 正在进入备用模式
streaming: 在时间点: %s/%s (时间安排%s)启动日志的流操作
replication-ended: 复制由主用服务器终止
wal-stream-lost: 无法从WAL流中获得数据: %s
no-primary-connection: 无法连接到主用服务器：%s
wal-removed: 所要求的WAL段%s已经被删除
not-in-history: 请求的起始点%s/%s, 时间线%s，不在该服务器的时间线历史记录里
not-in-history: 服务器上没有起始时间表 %s
not-in-history: 在当前恢复点%s/%s之前, 新的时间点%s脱离了当前茅的数据库系统时间点%s
not-in-history: 主服务器上的最高时间线%s还在恢复时间线%s的后边
not-a-child: 所要求的时间线%s不在服务器的历史时间线里
walsender-ended: 由于复制超时, 中断walreceiver进程
walsender-ended: 在提升后, 中断walreceiver进程
walreceiver-timeout: 由于超时, 中止walreceiver进程
walreceiver-told: 由于管理员命令中断walreceiver进程
walreceiver-told: 由于管理员命令中断联接
recovery-paused: 恢复操作已暂停
process-killed: %s (PID %s) 被信号 %s 中断: %s
others-ended: 中断任何其它已激活的服务器进程
out-of-memory: 内存用尽
too-many-clients: 对不起, 已经有太多的客户
too-many-clients: 已保留的连接位置为执行非复制请求的超级用户预留
senders-used: 所要求的备用服务器连接数超过了参数max_wal_senders的值(当前设置为%s)
senders-used: 所有的复制槽都在使用中
reload: 接收到 SIGHUP, 重载配置文件
not-reloaded: 没有重新加载%s
replication-hba: 没有来自主机 "%s", 用户"%s", %s的复制连接的pg_hba.conf记录
replication-hba: pg_hba.conf中的记录拒绝来自主机"%s",用户 "%s",%s的复制连接
login-failed: 用户 "%s" Password 认证失败
login-failed: 对用户"%s"的对等认证失败
login-failed: 用户 "%s" Ident 认证失败
login-failed: 用户 "%s" 认证 PAM 失败
login-failed: 对于用户 "%s"的LDAP认证失败
login-failed: 用户 "%s" 的认证失败
login-failed: 角色 "%s" 不存在
login-failed: 不允许角色"%s" 进行登录
login-failed: 只有超级用户或者拥有复制角色的用户才能启动 walsender
other-system: 在主用服务器和备用服务器之间，数据库系统标识符是不一样的。
slot-missing: 复制槽名 "%s" 不存在
slot-in-use: 复制槽 "%s" 正用于 PID %s
not-accepting: 数据库系统启动中
not-accepting: 数据库系统停止中
not-accepting: 数据库系统在恢复模式中
file-contains-errors: 配置文件 "%s" 有错
conf-syntax: 在文件 "%s" 第 %s 行, 行尾附近语法错误
conf-syntax: 在文件 "%s" 第 %s 行, 记号 "%s" 附近语法错误
unknown-setting: 未认可的配置参数 "%s"
bad-value: 参数 "%s" 的值无效: "%s"
bad-value: 参数 "%s" 需要一个布尔值
bad-value: %s%s%s超出了参数 "%s" (%s .. %s) 的有效范围
bad-value: %s%s%s 超出了参数 "%s" (%s .. %s) 的有效范围
no-conf-file: 无法打开配置文件 "%s": %s
hba-not-loaded: 无法加载pg_hba.conf
no-socket: 无法创建TCP/IP套接字
no-socket: 无法创建 Unix域 套接字
no-socket: 没有为监听创建套接字
bind-failed: 无法绑定%s地址"%s": %s
bind-failed: 无法为 "%s" 创建监听套接字
bind-failed: 在目录"%s"下不能创建Unix域的网络套接字
port-taken: 是否有其它 postmaster 已经在端口 %s 上运行了? 如果没有, 请等待几秒钟后然后再重试.
lock-file-exists: 锁文件 "%s" 已经存在
lock-file-empty: 锁文件 "%s" 为空
other-postmaster: 是否其它 postmaster (PID %s) 运行在数据目录 "%s"?
other-postmaster: 是否其它 postgres (PID %s) 运行在数据目录 "%s"?
other-postmaster: 是否其它 postmaster (PID %s) 使用套接字文件 "%s"?
lock-file-open: 无法创建锁文件 "%s": %s
lock-file-open: 无法打开锁文件 "%s": %s
data-permissions: 数据目录"%s"的权限无效
data-owner: data目录 "%s"的所有者权限错误.
no-data-directory: 数据目录 "%s" 不存在
no-data-directory: "%s" 不是一个有效的数据目录
no-data-directory: 所指定的数据目录 "%s"不是一个目录.
other-version: 数据库文件和服务器不兼容
other-version: 数据目录是以 PostgreSQL 版本 %s 初始化的, 它于当前版本 %s 不兼容.
shared-memory: 无法创建共享内存段: %s
shared-memory: 无法映射匿名共享内存: %s
shared-memory-used: 先前存在的共享内存块 (key %s, ID %s) 仍在使用中
semaphores: 无法创建信号量: %s
no-library: 无法访问文件 "%s": %s
no-library: 无法加载库 "%s": %s
incompatible-library: 库 "%s"不兼容:版本不匹配
incompatible-library: 库"%s"不兼容：丢失魔法块
ssl-key-permissions: 私钥文件"%s"具有由所在组或全局范围访问的权限
ssl-key-permissions: 私钥文件 "%s" 必须由数据库用户或者 root 所拥有
ssl-files: 无法装载服务器认证文件 "%s": %s
ssl-files: 无法装载私钥文件 "%s": %s
ssl-files: 检查私钥失败: %s
target-before-consistency: 所要求的恢复停止点在一致性恢复点之前
several-targets: 指定了多个恢复目标
no-timeline: 恢复目标的时间线 %s 不存在
no-restore-command: 未启用待机模式时必须指定 %s的值
recovery-conf: 不支持使用恢复命令文件"%s"
no-checkpoint: 无法找到一个有效的 checkpoint 记录
no-checkpoint: 无法找到需要的 checkpoint 记录
no-checkpoint: 无法找到checkpoint 记录对应的重做日志位置
no-checkpoint: 无效的 checkpoint 记录
backup-label: backup_label 包含了与控制文件不一致的数据
wal-ends: 联机备份终止之前，WAL已经终止
wal-ends: 在一致性恢复点前结束WAL
control-file: 控制文件的校验值不正确
bad-locale: 数据库所使用的语言环境和操作系统的不兼容
bad-locale: 无效的语言环境名称: "%s"
bad-checksum: 页校验失败，计算出的校验和为%s，但期望值是%s
start-aborted: 由于启动进程失败, 终止启动
replication-network: 无法解释主机名 "%s" 到地址: %s
replication-network: 超时满
replication-network: 服务器意外地关闭了联接
`)

// The table that classifies errors. Order is precedence: the first rule that hits decides. `types` looks at exception types
// and error codes, `message` at the text. All patterns are plain alternatives: linear, and the same in RE2.
import type { ErrorType } from './error-event.ts';

export interface ErrorTypeRule {
  readonly errorType: ErrorType;
  readonly types?: RegExp;
  readonly message?: RegExp;
}

/** A health check that fails because of a refused connection is a failed health check: what failed comes before why. */
export const errorTypeRules: readonly ErrorTypeRule[] = [
  {
    errorType: 'health_check_failed',
    types: /health_?check|HealthCheck/i,
    message:
      /health[ _-]?check|(?:readiness|liveness|startup) (?:probe|check)|healthz?\b.{0,40}\bfail|is unhealthy|became unhealthy/i,
  },
  {
    errorType: 'pool_exhausted',
    types:
      /PoolExhausted|PoolTimeout|TooManyConnections|ResourceRequestTimeout|KnexTimeout|ER_CON_COUNT_ERROR|^53300$|SQLTransientConnectionException|QueuePool/i,
    message:
      /pool (?:is )?(?:exhausted|full|drained|timed out)|pool.{0,40}(?:exhaust|limit of size|no (?:free|available|idle))|too many (?:clients|connections)|(?:timeout|timed out|unable).{0,40}(?:acquir|obtain|get|check).{0,20}connection.{0,20}pool|Connection is not available, request timed out|remaining connection slots|max_user_connections|max_connections|max number of clients reached|timeout waiting for a (?:client|connection)\b|connection pool timeout/i,
  },
  {
    errorType: 'out_of_memory',
    types: /OutOfMemory|MemoryError|^ENOMEM$|OOMKilled|bad_alloc|NoMemory|^ERR_WORKER_OUT_OF_MEMORY$|OutOfHeap|^137$/i,
    message:
      /out of memory|OOM[ -]?kill|OOM command not allowed|cannot allocate memory|heap (?:space|limit|exhausted)|memory (?:limit|exhausted)|allowed memory size|ENOMEM|exit(?:ed with)? code 137|GC overhead limit/i,
  },
  {
    errorType: 'dns_failed',
    types:
      /^(?:ENOTFOUND|EAI_AGAIN|EAI_NODATA|ENODATA|ESERVFAIL)$|UnknownHost|gaierror|DNSError|NameResolution|ResolveError/i,
    message:
      /getaddrinfo|no such host|Name or service not known|could not (?:resolve|translate) host|name resolution|NXDOMAIN|nodename nor servname|ENOTFOUND|EAI_AGAIN|server misbehaving|DNS (?:lookup|resolution|query) fail/i,
  },
  {
    errorType: 'tls_failed',
    types:
      /^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|EPROTO$)|SSL|Tls(?:Error|Exception)|TLSError|Certificate|CertPath|x509/i,
    message:
      /x509:|certificate (?:has expired|verify|is not|signed|required|unknown|expired)|self[- ]signed certificate|(?:ssl|tls)[ _-]?(?:handshake|alert|error|routines)|handshake fail|unable to (?:verify the first|get local issuer) certificate|PKIX path|wrong version number|CERTIFICATE_VERIFY_FAILED|altname/i,
  },
  {
    errorType: 'rate_limited',
    types: /TooManyRequests|RateLimit|Throttl|QuotaExceeded|RESOURCE_EXHAUSTED|^429$|SlowDown/i,
    message:
      /too many requests|rate[ -]?limit|throttl|quota (?:exceeded|exhausted)|status(?: code)?:? 429|\bHTTP 429\b|RESOURCE_EXHAUSTED/i,
  },
  {
    errorType: 'auth_failed',
    types:
      /Authenticat|Authoriz(?:ation|ed)|Unauthorized|Forbidden|AccessDenied|PermissionDenied|^(?:28P01|28000|ER_ACCESS_DENIED_ERROR|UNAUTHENTICATED|PERMISSION_DENIED|401|403)$|InvalidCredential|TokenExpired|JsonWebTokenError|JWT|CredentialsProvider|InvalidGrant/i,
    message:
      /authentication failed|auth(?:orization)? (?:failed|error)|failed to authenticate|access denied|permission denied for|unauthori[sz]ed|\bforbidden\b|invalid (?:credentials|password|token|api key|username)|(?:jwt|token) (?:has )?expired|no password supplied|WRONGPASS|NOAUTH|NOPERM|login failed|status(?: code)?:? 40[13]\b|\bHTTP 40[13]\b|not authenticated/i,
  },
  {
    errorType: 'timeout',
    types:
      /Timeout|TimedOut|^(?:ETIMEDOUT|ESOCKETTIMEDOUT|ETIME|DEADLINE_EXCEEDED|57014|HYT00|504|408)$|DeadlineExceeded|UND_ERR_\w*TIMEOUT|AbortedDueToTimeout/i,
    message:
      /timed? ?out|deadline exceeded|DEADLINE_EXCEEDED|ETIMEDOUT|took too long|statement timeout|lock wait timeout|status(?: code)?:? (?:408|504)\b|\bHTTP (?:408|504)\b|gateway time-?out/i,
  },
  {
    errorType: 'connection_failed',
    types:
      /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EPIPE|ENOTCONN|UNAVAILABLE|PROTOCOL_CONNECTION_LOST|UND_ERR_SOCKET|UND_ERR_CONNECT\w*|08\w{3}|57P0[123])$|Connect(?:ion)?(?:Refused|Reset|Aborted|Closed|Failed|Lost|NotEstablished|ion)?(?:Error|Exception)?$|ConnectException|BrokenPipe|NoRouteToHost|CommunicationsException|ServerSelectionError|MongoNetwork|BrokerNotAvailable|SocketException|ConnectionError|NoBrokersAvailable|LEADER_NOT_AVAILABLE|P1001/i,
    message:
      /connection (?:was )?(?:refused|reset|closed|lost|aborted|terminated|failed|timed|is not open|to .{1,60} failed)|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EPIPE|broken pipe|socket hang up|(?:could not|cannot|can't|unable to|failed to|error) connect|no route to host|network is unreachable|communications link failure|server closed the connection|upstream connect error|no healthy upstream|connect(?:ion)? error|actively refused|server has gone away|lost connection|disconnected/i,
  },
  {
    errorType: 'database_error',
    types:
      /^(?:SQLSTATE|ORA-|ER_|SQLITE_|P20\d\d$|WRONGTYPE|[0-9][0-9A-Z]{4}$)|SQL(?:Exception|Error|Syntax|Integrity|Grammar|ite)|Sqlite|psycopg|^pg::|PG::|asyncpg|pymysql|MySQL|MariaDb|Npgsql|Postgres|Mongo|Redis|ReplyError|Prisma|Sequelize|TypeORM|QueryFailed|Drizzle|Hibernate|JDBC|JPA|Persistence|ActiveRecord|Doctrine|sqlalchemy|Cassandra|ClickHouse|DataIntegrity|DatabaseError|DbUpdate|OperationalError|IntegrityError|ProgrammingError|Deadlock|OptimisticLock|QueryException|PDOException|DuplicateKey/i,
    message:
      /SQLSTATE|ORA-\d{5}|deadlock|duplicate (?:key|entry)|unique constraint|foreign key constraint|violates .{0,40}constraint|(?:relation|table|column|database) ["'`]?[\w.]{1,80}["'`]? does(?:n't| not) exist|no such (?:table|column)|syntax error at or near|error in your SQL syntax|unknown column|DB::Exception|E11000|could not serialize access|MISCONF|READONLY You can't write|database is locked|disk I\/O error|null value in column/i,
  },
  {
    errorType: 'api_error',
    types:
      /Axios|Http(?:Exception|Error|RequestException|ClientError|ServerError|ResponseException|StatusError)|HTTPError|HTTPStatus|FetchError|Feign|RestClient|WebClientResponse|StatusCode(?:Error|Exception)|RequestError|ResponseError|ApiError|APIError|ApiException|BadGateway|ServiceUnavailable|RpcException|StatusRuntimeException|ERR_BAD_RE(?:QUEST|SPONSE)|^[45]\d\d$|Stripe|Twilio|aws\.\w+Error/i,
    message:
      /status code:? [45]\d\d|\bHTTP(?:\/\d(?:\.\d)?)? (?:error |status |code )?[45]\d\d\b|\b[45]\d\d (?:Client|Server) Error|bad gateway|service unavailable|internal server error|fetch failed|api (?:call|request|error)|request (?:to .{1,120} )?failed|response (?:code|status) [45]\d\d|unexpected (?:status|response)|upstream (?:returned|error)|webhook|grpc/i,
  },
];

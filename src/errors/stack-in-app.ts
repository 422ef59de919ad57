// Whose code a frame is: the application's own, a library's, or the language runtime's. Only the first tells bugs apart.
// Looks at the frame as written: normalising takes away what gives libraries away.
import type { RawFrame, StackRuntime } from './stack-sections.ts';

export type Owner = 'app' | 'library' | 'runtime';

interface OwnerRules {
  readonly runtimeFile?: RegExp;
  readonly runtimeFunc?: RegExp;
  readonly libraryFile?: RegExp;
  readonly libraryFunc?: RegExp;
}

const javascript: OwnerRules = {
  runtimeFile: /^(?:node:|internal\/|native$|<anonymous>$|index \d+$|\[native code\]$|wasm:)/,
  libraryFile:
    /(?:^|[/\\])node_modules[/\\]|^webpack\/|\/webpack\/(?:bootstrap|runtime)|^(?:chrome|moz|safari-web|safari)-extension:/,
};

const rulesByRuntime: Readonly<Record<StackRuntime['name'], OwnerRules>> = {
  v8: javascript,
  gecko: javascript,
  java: {
    runtimeFunc: /^(?:java|javax|jdk|sun|com\.sun|kotlin|scala|groovy\.lang|clojure\.(?:lang|core))\./,
    libraryFunc:
      /^(?:akka|android|androidx|brave|ch\.qos\.logback|com\.(?:datastax|fasterxml|google\.(?:common|inject|protobuf)|mongodb|mysql|netflix|rabbitmq|zaxxer)|dalvik|feign|io\.(?:grpc|ktor|lettuce|micrometer|netty|opentelemetry|quarkus|reactivex|undertow|vertx)|jakarta|kotlinx|net\.bytebuddy|okhttp3|okio|oracle|org\.(?:apache|aspectj|codehaus|eclipse|glassfish|hibernate|jboss|jooq|junit|mariadb|postgresql|redisson|slf4j|springframework)|play\.(?:api|core)|reactor|redis\.clients|retrofit2|rx|(?:Symfony|Illuminate|Doctrine|GuzzleHttp|OpenTelemetry)\\)(?:[.\\]|(?<=\\))/,
  },
  python: {
    runtimeFile: /^<|[/\\]lib[/\\]python\d|[/\\]Lib[/\\](?!site-packages)/,
    libraryFile: /[/\\](?:site|dist)-packages[/\\]/,
  },
  go: {
    runtimeFile: /\/go\/src\/(?!github\.com|gitlab\.com|[^/]+\.[a-z]+\/)|^\/usr\/lib\/go|\/libexec\/src\//,
    runtimeFunc: /^(?:runtime[./]|panic$|net\/http\.|reflect\.|testing\.)/,
    libraryFile: /\/pkg\/mod\/|\/vendor\//,
  },
  dotnet: {
    runtimeFunc: /^System\./,
    libraryFunc:
      /^(?:Microsoft|Npgsql|MySql|StackExchange|Grpc|Polly|Serilog|NLog|OpenTelemetry|Newtonsoft|MediatR|Dapper|AutoMapper|Azure|Amazon|lambda_method\d*)\b/,
  },
  ruby: {
    runtimeFile: /^<internal:|[/\\]lib[/\\]ruby[/\\]\d[^/\\]*[/\\](?!gems)/,
    libraryFile: /[/\\]gems[/\\]|[/\\]bundle[/\\]ruby[/\\]/,
  },
  php: { runtimeFile: /^\[internal\]$/, libraryFile: /[/\\]vendor[/\\]/ },
  rust: {
    runtimeFile: /^\/rustc\/|[/\\]rustlib[/\\]|[/\\]\.rustup[/\\]/,
    runtimeFunc: /^<?(?:std|core|alloc|rust_begin_unwind|rust_panic|__rust|__libc|_start|start_thread|clone3?$|main$)/,
    libraryFile: /[/\\]\.cargo[/\\]|[/\\]registry[/\\]src[/\\]|[/\\]vendor[/\\]/,
    libraryFunc: /^<?(?:tokio|futures|hyper|axum|actix|tower|tracing|serde|sqlx|reqwest|anyhow)[\w]*::/,
  },
};

export function ownerOf(frame: RawFrame, runtime: StackRuntime['name']): Owner {
  const rules = rulesByRuntime[runtime];
  // site-packages lie inside lib/python3.12: the library's sign is the stronger one.
  if (rules.libraryFile?.test(frame.file) === true || rules.libraryFunc?.test(frame.func) === true) return 'library';
  if (rules.runtimeFile?.test(frame.file) === true || rules.runtimeFunc?.test(frame.func) === true) return 'runtime';
  return 'app';
}

// What a rule acts on: a service of the catalogue, a labelled container, or both.

/** As errata.yaml has it (`services`), or as labels of a running container tell it. */
export interface CatalogueService {
  readonly name: string;
  /** Other names under which errors speak of it: host names, display names. Compared without case. */
  readonly aliases: readonly string[];
  /** Errors of this company alone may act on it. */
  readonly company: number;
  readonly container: ContainerSelector | undefined;
  /** `host:port` as Errata reaches it; undefined: taken from the container. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  readonly protocol: Protocol | undefined;
  /** What a health check of it must ask; `check.correct` changes it. */
  readonly healthCheck: { readonly protocol: Protocol; readonly path: string } | undefined;
  /** `password`: a reference, `env:NAME` or `file:PATH`; resolved at use, never kept. */
  readonly credentials: { readonly user: string; readonly password: string; readonly database: string } | undefined;
  /** Of errata/capture `onFix`: where, and the reference of the shared secret. */
  readonly fixEndpoint: { readonly url: string; readonly secret: string } | undefined;
  readonly mode: 'observe' | 'approve' | 'auto' | undefined;
  readonly protected: boolean;
}

export const protocols = [
  'postgresql',
  'redis',
  'mysql',
  'memcached',
  'amqp',
  'mongodb',
  'http',
  'grpc',
  'tls',
] as const;
export type Protocol = (typeof protocols)[number];

export interface ContainerSelector {
  readonly project: string | undefined;
  readonly service: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** A container at one moment (docker inspect). */
export interface Container {
  /** 64 hex characters. */
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** none: the image has no HEALTHCHECK. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly createdAtMs: number;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** Bytes; 0: unlimited. */
  readonly memoryBytes: number;
  readonly memorySwapBytes: number;
  readonly restartPolicy: string;
  /** First command words of the HEALTHCHECK, '' without one. */
  readonly healthCommand: string;
  readonly addresses: readonly string[];
  readonly networkMode: string;
}

export interface Target {
  readonly key: string;
  readonly name: string;
  readonly service: CatalogueService;
  /** undefined: nothing was found, or the engine is away. */
  readonly container: Container | undefined;
}

/** Label that lets Errata act on a container: `true`. Anything else, also absent, does not. */
export const AUTOFIX_LABEL = 'errata.autofix';

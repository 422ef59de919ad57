// Go: runtime.Stack, panics, pkg/errors.
import type { CorpusGroup } from './corpus.ts';

const language = 'go';

export const go: readonly CorpusGroup[] = [
  {
    name: 'go: index out of range',
    entries: [
      {
        language,
        type: 'runtime.boundsError',
        message: 'runtime error: index out of range [5] with length 3',
        stack: `goroutine 1 [running]:
runtime/debug.Stack()
	/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
go.opentelemetry.io/otel/sdk/trace.recordStackTrace()
	/go/pkg/mod/go.opentelemetry.io/otel/sdk@v1.28.0/trace/span.go:560 +0x45
panic({0x6b3c00?, 0xc0000b2018?})
	/usr/local/go/src/runtime/panic.go:770 +0x132
github.com/acme/shop/cart.(*Cart).Item(...)
	/src/shop/cart/cart.go:51
github.com/acme/shop/api.(*Server).show(0xc00011e000, {0x7a0d98, 0xc0001320e0}, 0xc000140000)
	/src/shop/api/server.go:88 +0x1d0
net/http.HandlerFunc.ServeHTTP(0xc0000f8000?, {0x7a0d98?, 0xc0001320e0?}, 0x0?)
	/usr/local/go/src/net/http/server.go:2166 +0x29
created by net/http.(*Server).Serve in goroutine 1
	/usr/local/go/src/net/http/server.go:3285 +0x4b4
`,
      },
      {
        language,
        type: 'runtime.boundsError',
        message: 'runtime error: index out of range [12] with length 9',
        stack: `goroutine 7712 [running]:
runtime/debug.Stack()
	/usr/local/go/src/runtime/debug/stack.go:24 +0x65
panic({0x6b3c00?, 0xc0000b2018?})
	/usr/local/go/src/runtime/panic.go:884 +0x213
github.com/acme/shop/cart.(*Cart).Item(0xc000011111, 0xc)
	/home/runner/shop/cart/cart.go:55 +0x11
github.com/acme/shop/api.(*Server).show(0xc000999000, {0x7a0d98, 0xc0001320e0}, 0xc000140000)
	/home/runner/shop/api/server.go:90 +0x1d0

goroutine 9 [chan receive]:
github.com/acme/shop/jobs.Loop()
	/home/runner/shop/jobs/loop.go:9 +0x20
`,
      },
    ],
  },
  {
    name: 'go: the same panic elsewhere',
    entries: [
      {
        language,
        type: 'runtime.boundsError',
        message: 'runtime error: index out of range [5] with length 3',
        stack: `goroutine 1 [running]:
panic({0x6b3c00?, 0xc0000b2018?})
	/usr/local/go/src/runtime/panic.go:770 +0x132
github.com/acme/shop/cart.(*Cart).Remove(...)
	/src/shop/cart/cart.go:71
github.com/acme/shop/api.(*Server).show(0xc00011e000)
	/src/shop/api/server.go:88 +0x1d0
`,
      },
    ],
  },
  {
    name: 'go: a closure',
    entries: [
      {
        language,
        type: '*errors.errorString',
        message: 'stock is negative',
        stack: `goroutine 34 [running]:
main.reserve.func1.2(0x3)
	/app/reserve.go:20 +0x50
main.reserve(0x1)
	/app/reserve.go:12 +0x30
main.main()
	/app/main.go:9 +0x20
`,
      },
      {
        language,
        type: '*errors.errorString',
        message: 'stock is negative',
        stack: `goroutine 35 [running]:
main.reserve.func2(0x3)
	/app/reserve.go:27 +0x50
main.reserve(0x2)
	/app/reserve.go:14 +0x30
main.main()
	/app/main.go:10 +0x20
`,
      },
    ],
  },
  {
    name: 'go: dial refused, no stack',
    entries: [
      {
        language,
        type: '*net.OpError',
        message: 'dial tcp 10.0.3.7:5432: connect: connection refused',
        stack: '',
      },
      {
        language,
        type: '*net.OpError',
        message: 'dial tcp 10.0.9.22:5432: connect: connection refused',
        stack: '',
      },
      {
        language,
        type: '*net.OpError',
        message: 'dial tcp [::1]:5432: connect: connection refused',
        stack: '',
      },
    ],
  },
  {
    name: 'go: lookup failed, no stack',
    entries: [
      {
        language,
        type: '*net.OpError',
        message: 'dial tcp: lookup orders-db.prod.svc on 10.96.0.10:53: no such host',
        stack: '',
      },
      {
        language,
        type: '*net.OpError',
        message: 'dial tcp: lookup orders-db.staging.svc on 10.96.0.11:53: no such host',
        stack: '',
      },
    ],
  },
  {
    name: 'go: pkg/errors',
    entries: [
      {
        language: '',
        type: '*errors.withStack',
        message: 'read config: open /etc/shop/config.yaml: no such file or directory',
        stack: `read config: open /etc/shop/config.yaml: no such file or directory
main.loadConfig
	/app/config.go:18
main.main
	/app/main.go:11
runtime.main
	/usr/local/go/src/runtime/proc.go:271
`,
      },
      {
        language: '',
        type: '*errors.withStack',
        message: 'read config: open /home/ann/shop/config.yaml: no such file or directory',
        stack: `read config: open /home/ann/shop/config.yaml: no such file or directory
main.loadConfig
	/app/config.go:22
main.main
	/app/main.go:13
`,
      },
    ],
  },
];

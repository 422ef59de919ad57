import { expect, test } from 'vitest';
import { stackBlocks } from '../../src/admin/static/views/errors/stack-blocks.ts';

/** `own 2` is a block of two frames of the application. */
function shape(stack: string): readonly string[] {
  return stackBlocks(stack).map(({ kind, frames }) => (kind === 'text' ? kind : `${kind} ${frames}`));
}

test('Node: messages, own frames and those of libraries stand apart, in their order', () => {
  const stack = `Error: no
    at Object.<anonymous> (/srv/app/src/a.js:1:7)
    at Module._compile (node:internal/modules/cjs/loader:1565:14)
    at next (/srv/app/node_modules/express/lib/router/route.js:149:13) {
  [cause]: Error: why
      at b (/srv/app/src/b.js:2:1)`;
  expect(shape(stack)).toEqual(['text', 'own 1', 'foreign 2', 'text', 'own 1']);
});

test('Python: the line of source stays with its frame', () => {
  const stack = `Traceback (most recent call last):
  File "/usr/lib/python3.12/site-packages/flask/app.py", line 1473, in wsgi_app
    response = self.full_dispatch_request()
  File "/app/shop/views.py", line 12, in pay
    return charge(order)
  File "/app/shop/pay.py", line 7, in charge
    raise KeyError(order)
KeyError: 7`;
  expect(shape(stack)).toEqual(['text', 'foreign 1', 'own 2', 'text']);
  expect(stackBlocks(stack)[2]?.lines).toHaveLength(4);
});

test('Go: a frame is two lines', () => {
  const stack = `panic: boom

goroutine 1 [running]:
main.(*Shop).Buy(0xc000012345, 0x1)
	/src/shop/buy.go:41 +0x1d
runtime.main()
	/usr/local/go/src/runtime/proc.go:283 +0x28b`;
  expect(shape(stack)).toEqual(['text', 'own 1', 'foreign 1']);
});

test('Java: causes and what was left out are text between frames', () => {
  const stack = `java.lang.IllegalStateException: no stock
	at com.acme.shop.Stock.take(Stock.java:12)
	at org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897)
	... 40 more
Caused by: java.sql.SQLException: gone
	at com.acme.shop.Db.read(Db.java:3)`;
  expect(shape(stack)).toEqual(['text', 'own 1', 'foreign 1', 'text', 'own 1']);
});

test('what is no stack is text', () => {
  expect(shape('it just broke\nand nobody knows why')).toEqual(['text']);
});

test('no line is lost, whatever the stack', () => {
  for (const stack of ['a', 'Error: x\n    at f (/a.js:1:1)\n\n\nodd', 'x\n\tat y.Z.a(Z.java:1)\n  \n\tat']) {
    expect(stackBlocks(stack).flatMap(({ lines }) => lines)).toEqual(stack.trimEnd().split('\n'));
  }
});
